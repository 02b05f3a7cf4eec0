import type { KeyringRecord, WrappedKeyRecord } from "../../crypto/keyring-record";
import { isComing } from "./errors";
import { openPool } from "./pool";
import { queryOn, type Query } from "./query";
import { SCHEMA } from "./schema";
import { requireFinished } from "./unfinished";

/** How long a start waits for a database that is not there yet, or comes up. */
const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 500;

/** What is said of the wait, to who is named by `tell`. */
export interface Wait {
  patienceMs?: number;
  tell?: ((seconds: number, error: unknown) => void) | undefined;
}

/**
 * The keyring of a database that may have no tables yet, read without changing anything. The first thing that a start
 * does: it waits a while for a server that is started at the same time.
 */
export async function peekPostgresKeyring(
  databaseUrl: string,
  isByMove: boolean,
  wait: Wait = {},
): Promise<KeyringRecord | null> {
  const pool = openPool(databaseUrl, { max: 1 });
  try {
    return await waitingFor(async () => {
      const query = queryOn(pool, false);
      if (!isByMove) await requireFinished(query);
      return readKeyring(query);
    }, wait);
  } finally {
    await pool.end();
  }
}

async function waitingFor<T>(
  attempt: () => Promise<T>,
  { patienceMs = PATIENCE_MS, tell }: Wait,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (let isTold = false; ; isTold = true) {
    try {
      return await attempt();
    } catch (error) {
      if (!isComing(error) || performance.now() > deadline) throw error;
      if (!isTold) tell?.(Math.round(patienceMs / 1_000), error);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}

async function readKeyring(query: Query): Promise<KeyringRecord | null> {
  const [there] = await query<{ isThere: boolean }>(
    `SELECT to_regclass('${SCHEMA}."Keyring"') IS NOT NULL AS "isThere"`,
  );
  if (there?.isThere !== true) return null;
  const [row] = await query<Omit<KeyringRecord, "wrapped">>(
    `SELECT "id", "salt", "kdf" FROM ${SCHEMA}."Keyring" LIMIT 1`,
  );
  if (!row) return null;
  const wrapped = await query<WrappedKeyRecord>(
    `SELECT "keyId", "kekFingerprint", "wrapped" FROM ${SCHEMA}."WrappedKey" WHERE "keyringId" = $1`,
    [row.id],
  );
  return { ...row, wrapped };
}
