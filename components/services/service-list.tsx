"use client";

import { Plus } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ServiceInfo } from "../../lib/shapes";
import { useKeys } from "../shell/use-keys";
import { many } from "../ui/amount";
import { Button } from "../ui/button";
import { Ago } from "../ui/clock";
import { Empty, PageHeader } from "../ui/page-header";
import { useRowKeys, type RowKeys } from "../secrets/use-row-keys";
import { createService } from "./service-calls";
import { EMPTY_SERVICE, ServiceForm } from "./service-form";
import { ServiceState } from "./service-state";
import { liveTokens, rulesInWords } from "./words";

interface ServiceListProps {
  environment: string;
  services: readonly ServiceInfo[];
  canCreate: boolean;
}

/** The environment's services: what each may do, and whether it is in use. */
export function ServiceList({ environment, services, canCreate }: ServiceListProps) {
  const router = useRouter();
  const [making, setMaking] = useState(false);
  const { grid, stop, focusRow, handlers } = useRowKeys(services.map((service) => service.id));
  const make = canCreate ? () => setMaking(true) : undefined;
  useKeys({ n: () => make?.(), ArrowDown: () => focusRow(0) });

  return (
    <>
      <PageHeader
        title="Services"
        actions={
          make ? (
            <Button
              tone="primary"
              data-tip="New service (n)"
              icon={<Plus aria-hidden size={16} />}
              onClick={make}
            >
              New service
            </Button>
          ) : null
        }
      />
      {services.length === 0 ? (
        <Empty
          title={`No services in ${environment} yet`}
          actions={
            make ? (
              <Button tone="primary" onClick={make}>
                Create the first service
              </Button>
            ) : null
          }
        >
          A service is a program that gets secrets: a gateway, a proxy, a CI job. Its rules say
          which names it may resolve, and its tokens let it in.
        </Empty>
      ) : (
        <ServiceGrid services={services} grid={grid} stop={stop} handlers={handlers} />
      )}
      {making ? (
        <ServiceForm
          title="New service"
          environment={environment}
          initial={EMPTY_SERVICE}
          action="Create service"
          note="Next, make a token for it."
          onClose={() => setMaking(false)}
          onSave={async (draft) => {
            const service = await createService(environment, draft);
            router.push(`/e/${environment}/services/${service.id}`);
          }}
        />
      ) : null}
    </>
  );
}

interface ServiceGridProps extends Pick<RowKeys, "grid" | "stop" | "handlers"> {
  services: readonly ServiceInfo[];
}

function ServiceGrid({ services, grid, stop, handlers }: ServiceGridProps) {
  return (
    <div
      ref={grid}
      role="grid"
      aria-label="Services"
      {...handlers}
      className="@container rounded-md border"
    >
      <div role="rowgroup" className="hidden @[720px]:block">
        <div
          role="row"
          className="columns service-columns h-8 rounded-t-md border-b bg-sunken text-small text-muted"
        >
          {["Name", "May do", "Tokens", "Last used", "State"].map((head) => (
            <span key={head} role="columnheader">
              {head}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup">
        {services.map((service) => (
          <ServiceRow key={service.id} service={service} isStop={service.id === stop} />
        ))}
      </div>
    </div>
  );
}

function ServiceRow({ service, isStop }: { service: ServiceInfo; isStop: boolean }) {
  const may = rulesInWords(service.rules);
  const live = liveTokens(service);
  return (
    <div
      role="row"
      data-name={service.id}
      className="columns service-columns row-lazy min-h-11 border-t py-1.5 first:border-t-0 @[720px]:h-11 @[720px]:py-0 hover:bg-hover focus-within:bg-hover"
    >
      <div role="gridcell" className="min-w-0">
        <Link
          href={`/e/${service.environment}/services/${service.id}`}
          prefetch={false}
          tabIndex={isStop ? 0 : -1}
          data-row-link
          className="block truncate rounded-sm font-strong outline-offset-1 hover:underline"
        >
          {service.name}
        </Link>
        {service.description ? (
          <p className="truncate text-small text-muted">{service.description}</p>
        ) : null}
        <p className="truncate text-small text-muted @[720px]:hidden">{may}</p>
      </div>
      <div role="gridcell" className="hidden truncate text-muted @[720px]:block" title={may}>
        {may}
      </div>
      <div role="gridcell" className="hidden text-muted @[720px]:block">
        {live === 0 ? "no live token" : many(live, "live token")}
      </div>
      <div role="gridcell" className="hidden text-muted @[720px]:block">
        {service.lastUsedAt ? <Ago at={service.lastUsedAt} /> : "not yet"}
      </div>
      <div role="gridcell" className="flex">
        <ServiceState service={service} />
      </div>
    </div>
  );
}
