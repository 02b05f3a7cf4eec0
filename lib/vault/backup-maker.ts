import { sealBackup } from "../crypto/backup-stream";
import { openSnapshot, requireVault } from "../store/backup-rows";
import { headOf, writeContent } from "./backup-content";

/** What a backup is to be made of. */
export interface BackupOrder {
  databaseUrl: string;
  passphrase: string;
  takenAt: Date;
}

/** A piece of a backup's file, and how many rows of how many have been read by then. */
export interface BackupPiece {
  bytes: Uint8Array;
  done: number;
  total: number;
}

/**
 * Makes a backup: in the thread that asks, or in one of its own. To be read to its end, or returned from: until then
 * the database is read at one moment.
 */
export type BackupMaker = (order: BackupOrder) => AsyncGenerator<BackupPiece>;

/** Makes a backup in the thread that asks, which others share: between two pieces they have their turn. */
export const makeBackup: BackupMaker = async function* ({ databaseUrl, passphrase, takenAt }) {
  const snapshot = await openSnapshot(databaseUrl);
  try {
    requireVault(snapshot);
    const head = headOf(snapshot, takenAt);
    let done = 0;
    const content = writeContent(snapshot, head, (rows) => (done = rows));
    for await (const bytes of sealBackup(passphrase, content)) {
      yield { bytes, done, total: head.rows };
    }
  } finally {
    await snapshot.close();
  }
};
