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
