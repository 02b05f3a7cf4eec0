import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { incidentUrl, leakedUrl } from "../../../../../../components/incidents/incident-url";
import { LeakedStart } from "../../../../../../components/incidents/leaked-start";
import { timesOf } from "../../../../../../components/incidents/secret-times";
import { secretUrl } from "../../../../../../components/secrets/list-url";
import { PageHeader } from "../../../../../../components/ui/page-header";
import { environmentOf, found, openConsole, requirePage } from "../../../../../console";

interface LeakedProps {
  params: Promise<{ environment: string; name: string }>;
}

export async function generateMetadata({ params }: LeakedProps): Promise<Metadata> {
  const { environment, name } = await params;
  return { title: `Leaked? · ${name} · ${environment}` };
}

/** Where the bad day begins. An incident that is open already is gone on with. */
export default async function Leaked({ params }: LeakedProps) {
  const { environment: slug, name } = await params;
  const { vault, caller } = await openConsole(leakedUrl(slug, name));
  await environmentOf(caller, slug);
  await requirePage(caller, "incidents.handle");
  const secret = await found(vault.secrets.get(caller, { environment: slug, name }));
  const query = { environment: slug, secret: secret.name, state: "open" } as const;
  const [open] = (await vault.incidents.list(caller, query)).items;
  if (open) redirect(incidentUrl(slug, open.id));
  const versions = await found(vault.secrets.versions(caller, { environment: slug, name }));
  return (
    <>
      <PageHeader
        above={{ label: secret.name, href: secretUrl(slug, secret.name) }}
        title={
          <>
            Leaked? <span className="font-mono break-all">{secret.name}</span>
          </>
        }
      />
      <LeakedStart
        environment={slug}
        secret={secret.name}
        times={timesOf(versions)}
        isConfirmed={caller.isConfirmed}
      />
    </>
  );
}
