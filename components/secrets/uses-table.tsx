import type { UseInfo } from "../../lib/shapes";
import { count, many } from "../ui/amount";
import { ServiceLink } from "../services/service-link";
import { Chip } from "../ui/chip";
import { Ago } from "../ui/clock";

interface UsesTableProps {
  environment: string;
  uses: readonly UseInfo[];
  /** Whether the reader may open a service's page. */
  linkServices: boolean;
}

/** Which services read a secret, how often, and when first and last. */
export function UsesTable({ environment, uses, linkServices }: UsesTableProps) {
  if (uses.length === 0) {
    return (
      <p className="rounded-md border px-3 py-3 text-muted">
        No reads in the last 90 days. A read shows here once a service has resolved a reference to
        it.
      </p>
    );
  }
  return (
    <div
      className="relative overflow-x-auto rounded-md border"
      tabIndex={0}
      role="group"
      aria-label="Where used"
    >
      <table className="w-full text-left">
        <thead className="bg-sunken text-small text-muted">
          <tr className="h-8 *:px-3 *:font-normal *:whitespace-nowrap">
            <th scope="col">Service</th>
            <th scope="col">Last read</th>
            <th scope="col">First read</th>
            <th scope="col" className="text-right">
              Reads
            </th>
            <th scope="col">Last 30 days</th>
          </tr>
        </thead>
        <tbody>
          {uses.map((use) => (
            <tr key={use.service.id} className="h-11 border-t *:px-3">
              <td className="max-w-60 truncate font-strong">
                <ServiceName
                  environment={environment}
                  service={use.service}
                  isLink={linkServices}
                />
              </td>
              <td>
                <Ago at={use.lastUsedAt} />
              </td>
              <td className="text-muted">
                <Ago at={use.firstUsedAt} />
              </td>
              <td className="text-right text-muted">{count(use.count)}</td>
              <td>
                <Days days={use.days} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const HEIGHT_PX = 20;

/** A bar for each day; in words for who does not see them. */
function Days({ days }: { days: readonly number[] }) {
  const most = Math.max(1, ...days);
  const reads = days.reduce((sum, amount) => sum + amount, 0);
  const active = days.filter((amount) => amount > 0).length;
  return (
    <span className="block w-24">
      <span className="sr-only">
        {many(reads, "read")} on {many(active, "day")}
      </span>
      <svg
        aria-hidden
        viewBox={`0 0 ${String(days.length * 4)} ${String(HEIGHT_PX)}`}
        preserveAspectRatio="none"
        className="block h-5 w-full"
      >
        {days.map((amount, at) => {
          const height = amount === 0 ? 1 : Math.max(3, (amount / most) * HEIGHT_PX);
          return (
            <rect
              key={at}
              x={at * 4}
              y={HEIGHT_PX - height}
              width={3}
              height={height}
              className={amount === 0 ? "fill-line-strong" : "fill-accent"}
            />
          );
        })}
      </svg>
    </span>
  );
}

interface ServiceNameProps {
  environment: string;
  service: UseInfo["service"];
  isLink: boolean;
}

function ServiceName({ environment, service, isLink }: ServiceNameProps) {
  if (service.deleted) {
    return (
      <span className="flex items-center gap-2 font-normal text-muted">
        <span className="min-w-0 truncate">{service.name || "a service"}</span>
        <Chip>deleted</Chip>
      </span>
    );
  }
  if (!isLink) return service.name;
  return <ServiceLink environment={environment} service={service} />;
}
