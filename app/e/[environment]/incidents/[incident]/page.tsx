import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { IncidentAbout } from "../../../../../components/incidents/incident-about";
import { IncidentState } from "../../../../../components/incidents/incident-state";
import { incidentsUrl, incidentUrl } from "../../../../../components/incidents/incident-url";
import { IncidentWork } from "../../../../../components/incidents/incident-work";
import { timesOf } from "../../../../../components/incidents/secret-times";
import { PageHeader } from "../../../../../components/ui/page-header";
import { environmentOf, found, openConsole, requirePage, present } from "../../../../console";

interface IncidentProps {
  params: Promise<{ environment: string; incident: string }>;
}

/** The incident that the address names, with its secret while there is one. Read once a request. */
const incidentOf = cache(async (slug: string, id: string) => {
  const { vault, caller } = await openConsole(incidentUrl(slug, id));
  await environmentOf(caller, slug);
  await requirePage(caller, "incidents.read");
  const story = await found(vault.incidents.get(caller, id));
  if (story.environment !== slug) notFound();
  const place = { environment: slug, name: story.secret };
  const secret = await present(vault.secrets.get(caller, place));
  const versions = secret ? await found(vault.secrets.versions(caller, place)) : [];
  return { story, secret, versions, isConfirmed: caller.isConfirmed };
});

export async function generateMetadata({ params }: IncidentProps): Promise<Metadata> {
  const { environment, incident } = await params;
  const { story } = await incidentOf(environment, incident);
  return { title: `Incident · ${story.secret} · ${environment}` };
}

export default async function Incident({ params }: IncidentProps) {
  const { environment: slug, incident: id } = await params;
  const incident = await incidentOf(slug, id);
  const { story, versions } = incident;
  return (
    <>
      <PageHeader
        above={{ label: "Incidents", href: incidentsUrl(slug) }}
        title={
          <>
            Incident: <span className="font-mono break-all">{story.secret}</span>
          </>
        }
        beside={<IncidentState incident={story} />}
      />
      <IncidentAbout incident={story} />
      <IncidentWork {...incident} times={timesOf(versions, story.since)} />
    </>
  );
}
