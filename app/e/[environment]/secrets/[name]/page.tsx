import type { Metadata } from "next";
import { LatestEvents } from "../../../../../components/audit/latest-events";
import { OpenIncidentNotice } from "../../../../../components/incidents/open-incident-notice";
import { DangerZone } from "../../../../../components/secrets/danger-zone";
import { listUrl, secretUrl } from "../../../../../components/secrets/list-url";
import { permissionsOf } from "../../../../../components/secrets/permissions";
import { SecretAbout } from "../../../../../components/secrets/secret-about";
import { HeaderActions } from "../../../../../components/secrets/secret-actions";
import { SecretNotices } from "../../../../../components/secrets/secret-notices";
import { StateChips } from "../../../../../components/secrets/state-chips";
import { UsesTable } from "../../../../../components/secrets/uses-table";
import { Versions } from "../../../../../components/secrets/versions";
import { PageHeader, Section } from "../../../../../components/ui/page-header";
import { may } from "../../../../../lib/access/may";
import { environmentOf, found, openConsole } from "../../../../console";
import { latestOf } from "../../../../record";

interface SecretProps {
  params: Promise<{ environment: string; name: string }>;
}

export async function generateMetadata({ params }: SecretProps): Promise<Metadata> {
  const { environment, name } = await params;
  return { title: `${name} · ${environment}` };
}

export default async function Secret({ params }: SecretProps) {
  const { environment: slug, name } = await params;
  const { vault, caller } = await openConsole(secretUrl(slug, name));
  const environment = await environmentOf(caller, slug);
  const place = { environment: slug, name };
  const secret = await found(vault.secrets.get(caller, place));
  const versions = await found(vault.secrets.versions(caller, place));
  const uses = await found(vault.secrets.uses(caller, place));
  const can = permissionsOf(caller, environment);
  const open = { environment: slug, secret: secret.name, state: "open" } as const;
  const incidents = can.handleIncidents ? (await vault.incidents.list(caller, open)).items : [];
  const recorded = { secret: secret.name, environment: slug };
  const latest = await latestOf({ vault, caller }, recorded);
  const live = secret.state !== "trashed";
  return (
    <>
      <PageHeader
        above={
          live
            ? { label: "Secrets", href: listUrl(slug, {}) }
            : { label: "Trash", href: listUrl(slug, { state: "trashed" }) }
        }
        title={<span className="font-mono break-all">{secret.name}</span>}
        beside={<StateChips secret={secret} />}
        actions={live ? <HeaderActions secret={secret} can={can} /> : null}
      />
      <OpenIncidentNotice incident={incidents[0]} />
      <SecretNotices secret={secret} can={can} />
      <SecretAbout secret={secret} canEdit={live && can.describe} />
      <Section
        title="Versions"
        about="A version's value never changes. Rotating adds one and makes it current."
      >
        <Versions secret={secret} versions={versions} can={can} />
      </Section>
      <Section title="Where used" about="Services that resolved a reference to it.">
        <UsesTable
          environment={slug}
          uses={uses}
          linkServices={may(caller, "services.list", { environment })}
        />
      </Section>
      {latest ? <LatestEvents latest={latest} filters={recorded} /> : null}
      {live && secret.unreadable !== "tampered" && can.trash ? (
        <DangerZone secret={secret} can={can} />
      ) : null}
    </>
  );
}
