import { restoreBackup, type Restored, type RestoreOptions } from "../../lib/vault/restore";
import { databaseUrlOf } from "./database";
import { TEST_KEY } from "./keys";

/** What the backups of tests are encrypted under. */
export const PASSPHRASE = "a passphrase for tests";

/** Restores a backup into `home`, as `coffer restore` does, in this process. */
export async function restoreInto(
  home: string,
  file: string,
  how: Partial<Pick<RestoreOptions, "passphrase" | "masterKey">> = {},
): Promise<Restored> {
  return restoreTo(await databaseUrlOf(home), file, how);
}

/** Restores a backup into a database. */
export function restoreTo(
  databaseUrl: string,
  file: string,
  how: Partial<Omit<RestoreOptions, "config" | "file">> = {},
): Promise<Restored> {
  return restoreBackup({
    config: { root: process.cwd(), databaseUrl },
    ...{ masterKey: TEST_KEY, passphrase: PASSPHRASE, file, progress: () => undefined },
    ...{ signal: new AbortController().signal, ...how },
  });
}
