import type { Config } from "../config";
import { PASSPHRASE_MIN_LENGTH, sealBackup } from "../crypto/backup-stream";
import { CofferError } from "../errors";
import { openSnapshot } from "../store/backup-rows";
import { headOf, writeContent } from "./backup-content";
import { demand, type Door } from "./door";
import type { Backups } from "./vault";

/** Backups of the whole vault, taken while it works. */
export function backupFunctions(door: Door, { databaseUrl }: Pick<Config, "databaseUrl">): Backups {
  return {
    async take(caller, passphrase, progress) {
      await door.read(caller, { action: "backup.create" }, () => {
        demand(caller, "backup.create");
        requirePassphrase(passphrase);
        return Promise.resolve({ answer: undefined });
      });
      return sealed(passphrase, progress);
    },
  };

  /** On record by now: the snapshot has that event, too. */
  async function* sealed(
    passphrase: string,
    progress: (done: number, total: number) => void,
  ): AsyncGenerator<Buffer> {
    const snapshot = await door.lookUp(() => openSnapshot(databaseUrl));
    try {
      const head = headOf(snapshot, door.now());
      const content = writeContent(snapshot, head, (rows) => progress(rows, head.rows));
      yield* sealBackup(passphrase, content);
    } finally {
      snapshot.close();
    }
  }
}

/** @throws CofferError `weak_password` */
function requirePassphrase(passphrase: string): void {
  if (Array.from(passphrase).length >= PASSPHRASE_MIN_LENGTH) return;
  throw new CofferError(
    "weak_password",
    `A backup's passphrase has at least ${PASSPHRASE_MIN_LENGTH} characters. A few random words do well.`,
  );
}
