import type { Metadata } from "next";
import Link from "next/link";
import { IncidentList } from "../../../../components/incidents/incident-list";
import { incidentsUrl } from "../../../../components/incidents/incident-url";
import { PageHeader } from "../../../../components/ui/page-header";
import { environmentOf, found, openConsole, requirePage } from "../../../console";

interface IncidentsProps {
  params: Promise<{ environment: string }>;
  searchParams: Promise<{ cursor?: string | string[] }>;
}

export async function generateMetadata({ params }: IncidentsProps): Promise<Metadata> {
  return { title: `Incidents · ${(await params).environment}` };
}

export default async function Incidents({ params, searchParams }: IncidentsProps) {
  const slug = (await params).environment;
  const { vault, caller } = await openConsole(incidentsUrl(slug));
  await environmentOf(caller, slug);
  await requirePage(caller, "incidents.read");
  const { cursor } = await searchParams;
  const query = { environment: slug, ...(typeof cursor === "string" && { cursor }) };
  const { items, nextCursor } = await found(vault.incidents.list(caller, query));
  return (
    <>
      <PageHeader title="Incidents" />
      <IncidentList incidents={items} />
      {nextCursor ? (
        <p className="mt-3">
          <Link
            href={`${incidentsUrl(slug)}?cursor=${nextCursor}`}
            prefetch={false}
            className="underline"
          >
            Earlier incidents
          </Link>
        </p>
      ) : null}
    </>
  );
}
