import { join } from "node:path";
import { OPERATOR } from "../access/caller";
import { actorName, type Happening } from "../audit/event";
import { openJournalWith } from "../audit/journal";
import { linkAfterReset } from "../audit/link";
import { createKeyring } from "../crypto/keyring";
import { LOST } from "../crypto/sealed-key";
import { isCofferError, CofferError } from "../errors";
import type { LinkInfo } from "../shapes";
import { readKeyring } from "../store/keyring-rows";
import { copyDatabase } from "../store/lost-vault";
import { openWholeRecord } from "../store/open-record";
import { loseValues, readSecretNames, replaceKeyring } from "../store/reset-rows";
import { sharedTime } from "../store/shared-time";
import { openStore, type Db } from "../store/store";
import { adoptRows } from "./adopt-rows";
import { demand, portions } from "./door";
import { endCredentials, findAdmin, holdPeople, type HeldPerson } from "./end-credentials";
import { holdServices, type HeldService } from "./held-services";
import { isLive } from "./instances";
import { issueLink } from "./links";
import { examineLostVault, notLost, requireNobody, type LostOptions } from "./lost-key";
import { Rows } from "./rows";

export interface ResetOptions extends LostOptions {
  /** E-mail address of the admin who gets in first; null where there is none. */
  admin: string | null;
  /** Of a PostgreSQL database: the path of the file to copy the vault into as it was. */
  copyTo: string | null;
}

/** What became of a vault whose key was lost. */
export interface ResetVault {
  /** Of the key that opens it now. */
  fingerprint: string;
  /** The file that has the vault as it was. */
  copy: string;
  secrets: number;
  /** What was in force, and is off until an admin has looked at it. */
  services: HeldService[];
  people: HeldPerson[];
  /** How the admin gets in who was named. */
  link: LinkInfo | null;
}

const COMMAND = "coffer keys reset";
const RAISED = { counter: { increment: 1 }, keyring: { increment: 1 } };

/**
 * Makes a new keyring under the configured key for a vault whose key is lost (docs/decisions/026). Every value is lost
 * then; names, rules, people and the record stay. What would let anybody in is ended, and what grants something is off
 * until an admin has enabled it. The vault as it was is copied first; then all is done in one transaction, which opens the journal
 * that goes on.
 * @throws CofferError as `examineLostVault` does; `not_found` for an admin who is none
 */
export async function resetLostVault(options: ResetOptions): Promise<ResetVault> {
  demand(OPERATOR, "keys.reset");
  const { config, now } = options;
  const { databaseUrl } = config;
  const prismaDirectory = join(config.root, "prisma");
  const { record: lost, masterKey } = await examineLostVault(options);
  const made = await createKeyring(masterKey);
  try {
    const { copyTo } = options;
    const copy = await copyDatabase({ databaseUrl, prismaDirectory, copyTo, at: now() });
    const store = await openStore({ databaseUrl, prismaDirectory });
    try {
      const key = made.keyring.derive("audit");
      const start = { caller: OPERATOR, action: "start", target: COMMAND, outcome: "ok" } as const;
      const open = () => openWholeRecord(store, databaseUrl);
      const opening = { store, first: start, now, key, open };
      const { journal, done } = await openJournalWith(opening, linkAfterReset, async (tx, note) => {
        await tx.revision.update({ where: { id: 1 }, data: RAISED }); // a transaction begins with a write
        await requireSame(tx, lost.id, await sharedTime(tx, now));
        return reset(tx, note, made, options);
      });
      await store.scrubLog(); // the lost values are in the file's log until then
      // It is done: what only ends the journal must not say that it is not.
      await journal.record({ ...start, action: "stop" }).catch(() => undefined);
      return { ...done, copy };
    } finally {
      await store.close().catch(() => undefined);
    }
  } catch (error) {
    throw isCofferError(error) ? error : notWritten(error);
  }
}

/** Whether the vault is still the one that was looked at, and nobody has begun to work on it. */
async function requireSame(tx: Db, keyringId: string, now: Date): Promise<void> {
  requireNobody((await tx.instance.findMany()).filter((each) => isLive(each, now)).length);
  if ((await readKeyring(tx))?.id === keyringId) return;
  throw notLost("Somebody has reset this vault meanwhile.");
}

async function reset(
  tx: Db,
  note: (event: Happening) => void,
  { record, keyring }: Awaited<ReturnType<typeof createKeyring>>,
  { admin, now, config }: ResetOptions,
): Promise<Omit<ResetVault, "copy">> {
  const rows = new Rows(keyring.derive("row-mac"));
  const at = now();
  const about = { action: "keys.reset", target: keyring.fingerprint };
  note({ caller: OPERATOR, outcome: "ok", ...about });
  const keep = admin === null ? null : await findAdmin(tx, admin);
  const head = rows.sealed("keyring", { id: record.id, newestKeyId: 1, resealedTo: 1 });
  await replaceKeyring(tx, record, head, { createdAt: at, createdBy: actorName(OPERATOR) });
  await loseValues(tx, LOST);
  await endCredentials(tx, at);
  const people = await holdPeople(tx, note, at, keep);
  await adoptRows(tx, rows);
  const services = await holdServices(tx, { rows, note, because: "reset", now: at });
  const names = await readSecretNames(tx);
  for (const event of lostEvents(names)) note(event);
  const link = keep === null ? null : await linkFor(tx, note, rows, keep, { now, config });
  const secrets = names.reduce((sum, { secrets }) => sum + secrets.length, 0);
  return { services, people, fingerprint: keyring.fingerprint, secrets, link };
}

/** Which secrets have lost their values, at which version. */
function lostEvents(all: Awaited<ReturnType<typeof readSecretNames>>): Happening[] {
  const lost = { caller: OPERATOR, action: "keys.reset", outcome: "ok", code: "lost" } as const;
  return all.flatMap(({ environment, secrets }) =>
    portions(secrets).map((names) => ({ ...lost, environment, names })),
  );
}

async function linkFor(
  tx: Db,
  note: (event: Happening) => void,
  rows: Rows,
  id: string,
  { now, config }: Pick<ResetOptions, "now" | "config">,
): Promise<LinkInfo> {
  const row = await tx.user.findUniqueOrThrow({ where: { id } });
  const by = { origin: config.url, maker: OPERATOR };
  const link = await issueLink({ rows, now }, tx, row, by);
  note({ caller: OPERATOR, action: "users.link", target: row.email, outcome: "ok" });
  return link;
}

function notWritten(cause: unknown): CofferError {
  const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  return new CofferError(
    "unavailable",
    `The vault could not be reset${code}: the database, or the copy of it, can't be written. Is the disk full? Nothing was changed.`,
    { cause },
  );
}
