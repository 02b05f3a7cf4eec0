import { createReadStream } from "node:fs";
import { join } from "node:path";
import { OPERATOR } from "../access/caller";
import { openJournal } from "../audit/journal";
import type { Config } from "../config";
import { openBackup } from "../crypto/backup-stream";
import { openKeyring, type Keyring } from "../crypto/keyring";
import type { KeyringRecord, WrappedKeyRecord } from "../crypto/keyring-record";
import { CofferError, isCofferError } from "../errors";
import { hasNoRows, openLoader, type Cell } from "../store/backup-rows";
import { readMigrationNames, migrate } from "../store/migrate";
import { newDatabaseFile, type NewDatabase } from "../store/new-database";
import { openStore } from "../store/store";
import { readContent, type BackupHead } from "./backup-content";
import { demand } from "./door";
import { holdServices, type HeldService } from "./held-services";
import { Rows } from "./rows";

export interface RestoreOptions {
  config: Pick<Config, "databaseUrl" | "root">;
  masterKey: string | undefined;
  /** Path of the backup. It is read twice. */
  file: string;
  passphrase: string;
  /** How many rows of how many are done, in each of the two passes. */
  progress: (step: "verifying" | "writing", done: number, total: number) => void;
  signal: AbortSignal;
}

/** What was restored. */
export interface Restored {
  takenAt: string;
  rows: number;
  /** Services that were enabled: they are off until an admin enables each. */
  held: HeldService[];
}

/**
 * Makes a vault of a backup, in a database that does not exist or has no rows: all of it or nothing. Reads and
 * verifies the whole file, and opens its keyring, before it writes. Every service is off then until an admin has
 * enabled it again; nobody is signed in; a journal begins that is linked to where those of the backup ended.
 * @throws CofferError `invalid_backup`, `wrong_passphrase`, `wrong_key`, `not_empty`, `unavailable`
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  demand(OPERATOR, "backup.restore");
  const { config, masterKey } = options;
  const target = placeFor(config.databaseUrl);
  const { head, record } = await verify(options);
  if (masterKey === undefined) throw noKey();
  const keyring = await openKeyring(record, masterKey);
  const prismaDirectory = join(config.root, "prisma");
  await requireKnown(head, prismaDirectory);
  try {
    const databaseUrl = target.temporaryUrl;
    await migrate({ databaseUrl, prismaDirectory, only: new Set(head.migrations) });
    await load(options, databaseUrl);
    const held = await begin({ databaseUrl, prismaDirectory }, head, keyring);
    // A server may have begun there meanwhile.
    requireNoVault(target, config.databaseUrl);
    if (!target.moveIntoPlace()) throw notEmpty();
    return { takenAt: head.takenAt, rows: head.rows, held };
  } catch (error) {
    throw isCofferError(error) ? error : notWritten(error);
  } finally {
    target.clean();
  }
}

/** The place for a database in which there is no vault yet. @throws CofferError `not_empty`, `unavailable` */
function placeFor(databaseUrl: string): NewDatabase {
  let target: NewDatabase;
  try {
    target = newDatabaseFile(databaseUrl);
  } catch (error) {
    throw noPlace(databaseUrl, error);
  }
  requireNoVault(target, databaseUrl);
  return target;
}

function requireNoVault(target: NewDatabase, databaseUrl: string): void {
  if (!target.exists()) return;
  let isFree: boolean;
  try {
    isFree = hasNoRows(databaseUrl);
  } catch (error) {
    throw noDatabase(databaseUrl, error);
  }
  if (!isFree) throw notEmpty();
}

/** Reads the whole backup, and keeps of it what opens the keyring. */
async function verify(
  options: RestoreOptions,
): Promise<{ head: BackupHead; record: KeyringRecord }> {
  let head: BackupHead | undefined;
  let ring: Record<string, Cell> = {};
  const wrapped: WrappedKeyRecord[] = [];
  await eachRow(options, "verifying", {
    head: (found) => (head = found),
    table: (table, columns) => (row) => {
      if (table !== "Keyring" && table !== "WrappedKey") return;
      const fields = Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null]));
      if (table === "Keyring") ring = fields;
      else wrapped.push(fields as unknown as WrappedKeyRecord);
    },
  });
  if (!head) throw new TypeError("A backup begins with its head.");
  const { id, salt, kdf } = ring as { id: string; salt: string; kdf: string };
  const keys = wrapped.map(({ keyId, kekFingerprint, wrapped: text }) => ({
    ...{ keyId, kekFingerprint, wrapped: text },
  }));
  return { head, record: { id, salt, kdf, wrapped: keys } };
}

async function load(options: RestoreOptions, databaseUrl: string): Promise<void> {
  const loader = openLoader(databaseUrl);
  try {
    await eachRow(options, "writing", {
      head: () => undefined,
      table: (table, columns) => loader.begin(table, columns),
    });
    loader.end();
  } finally {
    loader.close();
  }
}

/** Goes through the file once, from its first byte to its last. */
async function eachRow(
  { file, passphrase, progress, signal }: RestoreOptions,
  step: "verifying" | "writing",
  on: {
    head: (head: BackupHead) => void;
    table: (table: string, columns: readonly string[]) => (row: Cell[]) => void;
  },
): Promise<void> {
  let total = 0;
  let done = 0;
  let take: (row: Cell[]) => void = () => undefined;
  for await (const line of readContent(openBackup(passphrase, createReadStream(file)))) {
    if (line.kind === "row") {
      take(line.row);
      if (++done % 1_000 === 0) progress(step, done, total);
      if (signal.aborted) throw interrupted();
    } else if (line.kind === "table") take = on.table(line.table.table, line.table.columns);
    else {
      total = line.head.rows;
      on.head(line.head);
    }
  }
  progress(step, done, total);
}

/** The first acts of the vault that a backup becomes: services are held, and a journal is linked to what it goes on from. */
async function begin(
  place: { databaseUrl: string; prismaDirectory: string },
  head: BackupHead,
  keyring: Keyring,
): Promise<Restored["held"]> {
  const store = await openStore(place);
  try {
    const rows = new Rows(keyring.derive("row-mac"));
    const journal = await openJournal(
      store,
      {
        ...{ caller: OPERATOR, action: "backup.restore", outcome: "ok" },
        ...{ target: `backup of ${head.takenAt}` },
      },
      () => new Date(),
      keyring.derive("audit"),
    );
    return await journal.commit(async (tx, note) => {
      await tx.revision.update({ where: { id: 1 }, data: { counter: { increment: 1 } } });
      return holdServices(tx, { rows, note, because: "restored", now: new Date() });
    });
  } finally {
    await store.close();
  }
}

async function requireKnown({ migrations }: BackupHead, prismaDirectory: string): Promise<void> {
  const known = new Set(await readMigrationNames(prismaDirectory));
  const newer = migrations.find((name) => !known.has(name));
  if (newer === undefined) return;
  throw new CofferError(
    "invalid_backup",
    `This backup is of a newer Coffer (migration ${newer}). Restore it with that version. Nothing was changed.`,
  );
}

function notEmpty(): CofferError {
  return new CofferError(
    "not_empty",
    "The database that DATABASE_URL names has a vault in it. A backup is restored into an empty one only: name another file, or move this one away. Nothing was changed.",
  );
}

function noDatabase(databaseUrl: string, cause: unknown): CofferError {
  return new CofferError(
    "unavailable",
    `What DATABASE_URL names is there and is no database that can be read (${databaseUrl}). Name a file that does not exist yet, or move this one away. Nothing was changed.`,
    { cause },
  );
}

function noPlace(databaseUrl: string, cause: unknown): CofferError {
  return new CofferError(
    "unavailable",
    `The folder of the file that DATABASE_URL names can't be made or read (${databaseUrl}). Name a file in a folder that you may write to. Nothing was changed.`,
    { cause },
  );
}

function noKey(): CofferError {
  return new CofferError(
    "wrong_key",
    "TYK_AI_SECRET_KEY is not set. Set it to the key of the vault that this backup is of. Nothing was changed.",
  );
}

function interrupted(): CofferError {
  return new CofferError("unavailable", "Interrupted. Nothing was changed.");
}

function notWritten(cause: unknown): CofferError {
  const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  return new CofferError(
    "unavailable",
    `The backup could not be restored${code}: the file can't be read, or the database can't be written. Is the disk full? Nothing was changed.`,
    { cause },
  );
}
