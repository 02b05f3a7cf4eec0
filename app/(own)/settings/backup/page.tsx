import type { Metadata } from "next";
import { forbidden } from "next/navigation";
import { BackupAbout, LastBackup } from "../../../../components/backup/backup-about";
import { TakeBackup } from "../../../../components/backup/take-backup";
import { PageHeader } from "../../../../components/ui/page-header";
import { may } from "../../../../lib/access/may";
import { openConsole } from "../../../console";

export const metadata: Metadata = { title: "Backup" };

/** When the vault was last backed up, and taking another backup. */
export default async function Backup() {
  const { vault, caller } = await openConsole("/settings/backup");
  if (!may(caller, "backup.read")) forbidden();
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
