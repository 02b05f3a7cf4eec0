"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { EnvironmentInfo, ServiceInfo } from "../../lib/shapes";
import { useKeys } from "../shell/use-keys";
import { Button } from "../ui/button";
import { Empty, PageHeader } from "../ui/page-header";
import { useRowKeys } from "../shell/use-row-keys";
import { createService } from "./service-calls";
import { ServiceGrid } from "./service-grid";
import { EMPTY_SERVICE, ServiceForm } from "./service-form";

interface ServiceListProps {
  environment: EnvironmentInfo;
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
        <NoServices environment={environment.slug} onNew={make} />
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
            const service = await createService(environment.slug, draft);
            router.push(`/e/${environment.slug}/services/${service.id}`);
            setMaking(false);
          }}
        />
      ) : null}
    </>
  );
}

function NoServices({
  environment,
  onNew,
}: {
  environment: string;
  onNew: (() => void) | undefined;
}) {
  return (
    <Empty
      title={`No services in ${environment} yet`}
      actions={
        onNew ? (
          <Button tone="primary" onClick={onNew}>
            Create the first service
          </Button>
        ) : null
      }
    >
      A service is a program that gets secrets: a gateway, a proxy, a CI job. Its rules say which
      names it may resolve, and its tokens let it in.
    </Empty>
  );
}
