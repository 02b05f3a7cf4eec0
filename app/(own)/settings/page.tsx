import type { Metadata } from "next";
import { LastBackup } from "../../../components/backup/backup-about";
import { OpenIncidents } from "../../../components/incidents/open-incidents";
import { KeysLink } from "../../../components/keys/keys-link";
import { AuditSinks } from "../../../components/settings/audit-sinks";
import { Integrity } from "../../../components/settings/integrity";
import { ButtonLink } from "../../../components/ui/button";
import { PageHeader, Section } from "../../../components/ui/page-header";
import { environmentsOf, openConsole, requirePage } from "../../console";

export const metadata: Metadata = { title: "Settings" };

/** What is set and checked for the whole of Coffer: a section each. */
export default async function Settings() {
  const { vault, caller } = await openConsole("/settings");
  await requirePage(caller, "integrity.check");
  const environments = await environmentsOf(caller);
  const lists = await Promise.all(
    environments.map(({ slug }) =>
      vault.incidents.list(caller, { environment: slug, state: "open" }),
    ),
  );
  return (
    <>
      <PageHeader title="Settings" />
      <Integrity report={await vault.integrity.check(caller)} />
      <KeysLink />
      <Section title="Backup" actions={<ButtonLink href="/settings/backup">Back up</ButtonLink>}>
        <LastBackup last={(await vault.backups.status(caller)).last} />
      </Section>
      <AuditSinks sinks={await vault.sinks.list(caller)} />
      <OpenIncidents open={lists.flatMap(({ items }) => items)} environments={environments} />
    </>
  );
}
