import type { Metadata } from "next";
import { BackupAbout, LastBackup } from "../../../../components/backup/backup-about";
import { TakeBackup } from "../../../../components/backup/take-backup";
import { PageHeader } from "../../../../components/ui/page-header";
import { openConsole, requirePage } from "../../../console";

export const metadata: Metadata = { title: "Backup" };

/** When the vault was last backed up, and taking another backup. */
export default async function Backup() {
  const { vault, caller } = await openConsole("/settings/backup");
  await requirePage(caller, "backup.read");
  const { last, fingerprint } = await vault.backups.status(caller);
  return (
    <>
      <PageHeader title="Backup" above={{ label: "Settings", href: "/settings" }} />
      <LastBackup last={last} />
      <TakeBackup />
      <BackupAbout fingerprint={fingerprint} />
    </>
  );
}
