import type { Config } from "../config";
import { PASSPHRASE_MIN_LENGTH } from "../crypto/backup-stream";
import { CofferError } from "../errors";
import type { BackupInfo } from "../shapes";
import type { Log } from "../log";
import type { BackupMaker } from "./backup-maker";
import { attemptAt, BackupUnderWay } from "./backup-under-way";
import { demand, type Door } from "./door";
import type { Backups } from "./vault";

/** Backups of the whole vault, taken while it works: one at a time, since each keeps the database's log from shrinking. */
export function backupFunctions(
  door: Door,
  { databaseUrl }: Pick<Config, "databaseUrl">,
  make: BackupMaker,
  log: Log,
): Backups & { stop(): Promise<void> } {
  let underWay: BackupUnderWay | null = null;
  const over = () => (underWay = null);

  return {
    async take(caller, passphrase, progress = () => undefined) {
      const takenAt = door.now();
      let mine: BackupUnderWay | undefined;
      try {
        await door.read(caller, attemptAt(takenAt), () => {
          demand(caller, "backup.create");
          requirePassphrase(passphrase);
          if (underWay) throw anotherUnderWay();
          mine = underWay = new BackupUnderWay(door, caller, takenAt, progress, over, log);
          return Promise.resolve({ answer: undefined, code: "started" });
        });
      } catch (error) {
        if (mine) over();
        throw error;
      }
      if (!mine) throw new TypeError("A backup that was let in is under way.");
      const time = takenAt.toISOString().slice(0, 16).replace("T", "-").replace(":", "");
      // It is on record that it has begun: the snapshot has that event, too.
      const pieces = mine.begin(make({ databaseUrl, passphrase, takenAt }));
      return { fileName: `coffer-${time}.backup`, pieces };
    },

    status: (caller) =>
      door.read(caller, { action: "backup.read" }, async () => {
        demand(caller, "backup.read");
        const last = await door.store.db.lastBackup.findUnique({ where: { id: 1 } });
        const answer = {
          ...{ last: last && infoOf(last), underWay: underWay?.status ?? null },
          fingerprint: door.keys.keyring.fingerprint,
        };
        return { answer };
      }),

    async stop() {
      await underWay?.stop("stopped");
    },
  };
}

function infoOf(row: { takenAt: Date; takenBy: string; rows: number; bytes: bigint }): BackupInfo {
  const { takenAt, takenBy, rows, bytes } = row;
  return { takenAt: takenAt.toISOString(), takenBy, rows, bytes: Number(bytes) };
}

/** @throws CofferError `weak_password` */
function requirePassphrase(passphrase: string): void {
  if (Array.from(passphrase).length >= PASSPHRASE_MIN_LENGTH) return;
  throw new CofferError(
    "weak_password",
    `A backup's passphrase has at least ${PASSPHRASE_MIN_LENGTH} characters. A few random words do well.`,
    { details: { errors: [{ pointer: "/passphrase", message: "is too short" }] } },
  );
}

function anotherUnderWay(): CofferError {
  return new CofferError(
    "backup_under_way",
    "Another backup is being taken. Nothing was done. Try again when it is finished.",
  );
}
