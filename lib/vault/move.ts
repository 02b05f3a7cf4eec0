import { join } from "node:path";
import { OPERATOR } from "../access/caller";
import type { Config } from "../config";
import { shownUrl } from "../database-url";
import { CofferError, isCofferError } from "../errors";
import { describeError, type Log } from "../log";
import { openSnapshot, requireVault } from "../store/backup-rows";
import { moveTarget, type MoveTarget } from "../store/move-target";
import { examine, presentState, stateOf, type MoveFindings } from "./move-check";
import { openVault } from "./open-vault";
import type { Vault } from "./vault";

/** The passes of a move. */
export type MoveStep = "writing" | "comparing" | "opening" | "verifying";

/** How a move tells how far it is, and is told to stop. */
export interface MoveWatch {
  progress: (step: MoveStep, done: number, total: number) => void;
  signal: AbortSignal;
}

export interface MoveOptions extends MoveWatch {
  /** Of the vault that is moved. */
  config: Config;
  masterKey: string | undefined;
  previousMasterKey: string | undefined;
  /** The address to move it to: `file:` and an absolute path, or `postgresql://…`. */
  to: string;
  /** Whether to move it also where something in it is not as Coffer wrote it. */
  asItIs: boolean;
  log: Log;
}

/** What was moved, and found there. */
export interface Moved extends MoveFindings {
  copied: number;
}

/** What the copy leaves out: the processes that work on the database that the vault leaves. */
const STAYS = { Instance: "1 = 0" };

/**
 * Copies a vault as it is into a database that has none, verifies all of it there, and puts it into force there: all of
 * it or nothing. What it leaves stays as it is, but for what is on record of this.
 * @throws CofferError `not_empty`, `tampered`, `unavailable`
 */
export async function moveVault(vault: Vault, options: MoveOptions): Promise<Moved> {
  const to = shownUrl(options.to);
  const target = await placeFor(options);
  const journal = await vault.moves.leave(OPERATOR, to).catch(async (error: unknown) => {
    await target.clean().catch(() => undefined);
    throw error;
  });
  let how: "failed" | "changed" = "failed";
  try {
    const { state, copied } = await copy(target, options, journal);
    const found = await verify(target, options);
    if (state !== (await presentState(options.config.databaseUrl, journal))) {
      how = "changed";
      throw changedMeanwhile();
    }
    if (!(await target.finish().catch(unknownEnd))) throw notEmpty();
    // It is moved, whether or not the database that it has left can still be written.
    await vault.moves.left(OPERATOR, to, "finished").catch((error: unknown) => {
      options.log.warn(
        describeError(error),
        "that the vault was moved is not on record where it was",
      );
    });
    return { ...found, copied };
  } catch (error) {
    await target.clean().catch(() => undefined); // what is left is not finished, and the next move removes it
    await vault.moves.left(OPERATOR, to, how).catch(() => undefined);
    if (isCofferError(error)) throw error;
    throw notMoved(error);
  }
}

/** @throws CofferError `not_empty`, `unavailable` */
async function placeFor({ to, config }: MoveOptions): Promise<MoveTarget> {
  let isFree: boolean;
  let target: MoveTarget;
  try {
    target = await moveTarget(to, join(config.root, "prisma"));
    isFree = await target.isFree();
  } catch (error) {
    if (isCofferError(error)) throw error;
    throw unreachable(to, error);
  }
  if (!isFree) throw notEmpty();
  return target;
}

async function copy(
  target: MoveTarget,
  { config, progress, signal }: MoveOptions,
  journal: string,
): Promise<{ state: string; copied: number }> {
  const source = await openSnapshot(config.databaseUrl, STAYS);
  try {
    requireVault(source);
    const state = await stateOf(source, journal);
    if (!(await target.fill(source, { progress, signal }))) throw notEmpty();
    return { state, copied: source.tables.reduce((sum, { rows }) => sum + rows, 0) };
  } finally {
    await source.close();
  }
}

async function verify(target: MoveTarget, options: MoveOptions): Promise<MoveFindings> {
  const { config, masterKey, previousMasterKey, log, signal } = options;
  const { vault } = await openVault({
    ...{ masterKey, previousMasterKey, log, command: "migrate-to", isByMove: true },
    config: { ...config, databaseUrl: target.databaseUrl },
  });
  let found: MoveFindings;
  try {
    found = await examine(vault, shownUrl(config.databaseUrl), options);
  } catch (error) {
    throw signal.aborted ? interrupted() : error;
  } finally {
    await vault.close();
  }
  if (!options.asItIs) requireIntact(found);
  return found;
}

/** @throws CofferError `tampered` */
function requireIntact({ unopened, tampered, findings }: MoveFindings): void {
  const problems = [
    ...(unopened > 0 ? [`values that do not open: ${String(unopened)} (coffer keys check)`] : []),
    ...(tampered > 0
      ? [`rows that Coffer did not write so: ${String(tampered)} (Settings → Integrity)`]
      : []),
    ...(findings > 0
      ? [`places where the audit record was changed: ${String(findings)} (coffer audit verify)`]
      : []),
  ];
  if (problems.length === 0) return;
  throw new CofferError(
    "tampered",
    `The copy is the same, row for row, and not all in it is as Coffer wrote it: ${problems.join("; ")}. The commands name them where the vault is now. To take it along as it is, give --as-it-is. Nothing was moved.`,
    { details: { unopened, tampered, findings } },
  );
}

function notEmpty(): CofferError {
  return new CofferError(
    "not_empty",
    "The database to move to has a vault or other tables with rows in it. Name one that is empty. If it is this vault, from an earlier move that was finished: set DATABASE_URL to it. Nothing was changed.",
  );
}

function changedMeanwhile(): CofferError {
  return new CofferError(
    "unavailable",
    "Something was written to the vault while it was being copied, and would have been lost: a process works on it. Stop every Coffer that has this DATABASE_URL, and type this again. Nothing was moved.",
  );
}

function unknownEnd(cause: unknown): never {
  throw new CofferError(
    "unavailable",
    `The database did not answer when the move was to end${codeOf(cause)}, so it is not known whether it did. Type this again: it says if the vault is there already, and moves it if not.`,
    { cause },
  );
}

function interrupted(): CofferError {
  return new CofferError("unavailable", "Interrupted. Nothing was moved.");
}

function unreachable(to: string, cause: unknown): CofferError {
  return new CofferError(
    "unavailable",
    `The database to move to can't be reached or read${codeOf(cause)}: ${shownUrl(to)}. Nothing was changed.`,
    { cause },
  );
}

function notMoved(cause: unknown): CofferError {
  return new CofferError(
    "unavailable",
    `The vault could not be moved${codeOf(cause)}: one of the databases did not answer or has no room. Nothing was moved. Type this again once that is put right.`,
    { cause },
  );
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
}
