import { createReadStream } from "node:fs";
import { join } from "node:path";
import { OPERATOR } from "../access/caller";
import { openJournal } from "../audit/journal";
import type { Config } from "../config";
import { openBackup } from "../crypto/backup-stream";
import { openKeyring, type Keyring } from "../crypto/keyring";
import type { KeyringRecord, WrappedKeyRecord } from "../crypto/keyring-record";
import { shownUrl } from "../database-url";
import { CofferError, isCofferError } from "../errors";
import type { Cell } from "../store/backup-rows";
import { migrate } from "../store/migrate";
import { newDatabase, type NewDatabase } from "../store/new-database";
import { providerOf } from "../store/provider";
import { openLoader } from "../store/sqlite-loader";
import { openStore } from "../store/store";
import { readContent, type BackupHead } from "./backup-content";
import { demand } from "./door";
import { holdServices, type HeldService } from "./held-services";
import { Rows } from "./rows";
import { schemaOf } from "./backup-schema";

export interface RestoreOptions {
  config: Pick<Config, "databaseUrl" | "root">;
  masterKey: string | undefined;
  /** Path of the backup. It is read twice. */
  file: string;
  passphrase: string;
  /** How many rows of how many are done, in each pass. The last two are only where it goes to a server. */
  progress: (step: RestoreStep, done: number, total: number) => void;
  signal: AbortSignal;
}

/** The passes of a restore. */
export type RestoreStep = "verifying" | "writing" | "copying" | "comparing";

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
  const prismaDirectory = join(config.root, "prisma");
  const target = await placeFor(config.databaseUrl, prismaDirectory);
  try {
    await requireNoVault(target, config.databaseUrl);
    const { head, record } = await verify(options);
    if (masterKey === undefined) throw noKey();
    const keyring = await openKeyring(record, masterKey);
    const only = await schemaOf(head.migrations, prismaDirectory);
    const databaseUrl = target.temporaryUrl;
    await migrate({ databaseUrl, prismaDirectory, only });
    await load(options, databaseUrl);
    const held = await begin({ databaseUrl, prismaDirectory }, head, keyring);
    // A server may have begun there meanwhile.
    await requireNoVault(target, config.databaseUrl);
    if (!(await target.moveIntoPlace(watchOf(options)))) throw notEmpty();
    return { takenAt: head.takenAt, rows: head.rows, held };
  } catch (error) {
    throw isCofferError(error) ? error : notWritten(error);
  } finally {
    target.clean();
  }
}

function watchOf({
  progress,
  signal,
}: RestoreOptions): Parameters<NewDatabase["moveIntoPlace"]>[0] {
  return {
    signal,
    progress: (step, done, total) => progress(step === "writing" ? "copying" : step, done, total),
  };
}

/** A place for the database. @throws CofferError `unavailable` */
async function placeFor(databaseUrl: string, prismaDirectory: string): Promise<NewDatabase> {
  try {
    return await newDatabase(databaseUrl, prismaDirectory);
  } catch (error) {
    throw noPlace(databaseUrl, error);
  }
}

/** @throws CofferError `not_empty`, `unavailable` */
async function requireNoVault(target: NewDatabase, databaseUrl: string): Promise<void> {
  let isFree: boolean;
  try {
    isFree = await target.isFree();
  } catch (error) {
    throw isCofferError(error) ? error : noDatabase(databaseUrl, error);
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

function notEmpty(): CofferError {
  return new CofferError(
    "not_empty",
    "The database that DATABASE_URL names has a vault in it. A backup is restored into an empty one only: name another file, or move this one away. Nothing was changed.",
  );
}

function noDatabase(databaseUrl: string, cause: unknown): CofferError {
  return new CofferError(
    "unavailable",
    providerOf(databaseUrl) === "sqlite"
      ? `What DATABASE_URL names is there and is no database that can be read (${databaseUrl}). Name a file that does not exist yet, or move this one away. Nothing was changed.`
      : `The database that DATABASE_URL names can't be reached${codeOf(cause)} (${shownUrl(databaseUrl)}). Nothing was changed.`,
    { cause },
  );
}

function noPlace(databaseUrl: string, cause: unknown): CofferError {
  return new CofferError(
    "unavailable",
    providerOf(databaseUrl) === "sqlite"
      ? `The folder of the file that DATABASE_URL names can't be made or read (${databaseUrl}). Name a file in a folder that you may write to. Nothing was changed.`
      : `No temporary folder can be made${codeOf(cause)}. Set TMPDIR to one that you may write to. Nothing was changed.`,
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
  return new CofferError(
    "unavailable",
    `The backup could not be restored${codeOf(cause)}: the file can't be read, or the database can't be written. Is the disk full? Nothing was changed.`,
    { cause },
  );
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
}
