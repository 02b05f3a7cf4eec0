import type { BackupStatus } from "../../lib/shapes";
import { download, send, type Download } from "../api";

/** When the vault was last backed up, and how far a backup is that is being taken. */
export function readBackupStatus(): Promise<BackupStatus> {
  return send("GET", "/backup");
}

/** Takes a backup, and returns its file once all of it is here. @throws Problem */
export function takeBackup(
  passphrase: string,
  options: { onBytes: (bytes: number) => void; signal: AbortSignal },
): Promise<Download> {
  return download("/backup", { passphrase }, options);
}

/** Has the browser keep a file where it keeps what it downloads. */
export function keepFile({ file, name }: Download): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Not at once: the browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
