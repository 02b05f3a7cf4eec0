import type { UseInfo } from "../../lib/shapes";
import { count } from "../ui/amount";
import { ServiceLink } from "../services/service-link";
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
        No read by a service is on record. A read shows here once a service has resolved a reference
        to it.
      </p>
    );
  }
  return (
    <div className="relative overflow-x-auto rounded-md border">
      <table className="w-full text-left">
        <thead className="bg-sunken text-small text-muted">
          <tr className="h-8 *:px-3 *:font-normal *:whitespace-nowrap">
            <th scope="col">Service</th>
            <th scope="col">Last read</th>
            <th scope="col">First read</th>
            <th scope="col" className="text-right">
              Reads
            </th>
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
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ServiceNameProps {
  environment: string;
  service: UseInfo["service"];
  isLink: boolean;
}

function ServiceName({ environment, service, isLink }: ServiceNameProps) {
  if (service.name === "") return <span className="font-normal text-muted">a deleted service</span>;
  if (!isLink) return service.name;
  return <ServiceLink environment={environment} service={service} />;
}
