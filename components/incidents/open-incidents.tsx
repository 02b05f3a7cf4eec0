import Link from "next/link";
import type { EnvironmentInfo, IncidentInfo } from "../../lib/shapes";
import { Section } from "../ui/page-header";
import { IncidentList } from "./incident-list";
import { incidentsUrl } from "./incident-url";

interface OpenIncidentsProps {
  /** Those that are open, of every environment. */
  open: readonly IncidentInfo[];
  environments: readonly EnvironmentInfo[];
}

/** The incidents that nobody has closed, so that none is lost, and where all of them are. */
export function OpenIncidents({ open, environments }: OpenIncidentsProps) {
  return (
    <Section title="Incidents" about="For the day when a value has leaked.">
      {open.length === 0 ? (
        <p className="rounded-md border px-3 py-2.5">No incident is open.</p>
      ) : (
        <IncidentList incidents={open} />
      )}
      <p className="mt-2 flex flex-wrap gap-x-3 text-small text-muted">
        All incidents of
        {environments.map(({ slug }) => (
          <Link
            key={slug}
            href={incidentsUrl(slug)}
            prefetch={false}
            className="text-ink underline"
          >
            {slug}
          </Link>
        ))}
      </p>
    </Section>
  );
}
