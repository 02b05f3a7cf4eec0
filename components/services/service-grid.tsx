"use client";

import Link from "next/link";
import type { ServiceInfo } from "../../lib/shapes";
import type { RowKeys } from "../shell/use-row-keys";
import { many } from "../ui/amount";
import { Ago } from "../ui/clock";
import { TableHead } from "../ui/table-head";
import { EverySecret, ServiceState } from "./service-state";
import { liveTokens, rulesInWords } from "./words";

interface ServiceGridProps extends Pick<RowKeys, "grid" | "stop" | "handlers"> {
  services: readonly ServiceInfo[];
}

/** The rows of the list of services. */
export function ServiceGrid({ services, grid, stop, handlers }: ServiceGridProps) {
  return (
    <div
      ref={grid}
      role="grid"
      aria-label="Services"
      {...handlers}
      className="@container rounded-md border"
    >
      <TableHead
        columns="service-columns"
        names={["Name", "May do", "Tokens", "Last used", "State"]}
      />
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
  const tokens = live === 0 ? "no live token" : many(live, "live token");
  const used = service.lastUsedAt ? <Ago at={service.lastUsedAt} /> : "not yet";
  return (
    <div
      role="row"
      data-name={service.id}
      className="columns service-columns min-h-11 row-line py-1.5 @[720px]:h-11 @[720px]:py-0 hover:bg-hover focus-within:bg-hover"
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
        <p className="flex flex-wrap items-center gap-x-2 text-small text-muted @[720px]:hidden">
          <EverySecret service={service} />
          {tokens} · {service.lastUsedAt ? "used " : "not used yet"}
          {service.lastUsedAt ? <Ago at={service.lastUsedAt} /> : null}
        </p>
      </div>
      <div
        role="gridcell"
        className="hidden min-w-0 items-center gap-2 text-muted @[720px]:flex"
        title={may}
      >
        <EverySecret service={service} />
        <span className="min-w-0 truncate">{may}</span>
      </div>
      <div role="gridcell" className="hidden text-muted @[720px]:block">
        {tokens}
      </div>
      <div role="gridcell" className="hidden text-muted @[720px]:block">
        {used}
      </div>
      <div role="gridcell" className="flex">
        <ServiceState service={service} />
      </div>
    </div>
  );
}
