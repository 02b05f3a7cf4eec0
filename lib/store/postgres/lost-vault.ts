import { existsSync } from "node:fs";
import { CofferError } from "../../errors";
import { openSnapshot, requireVault } from "../backup-rows";
import type { Census } from "../lost-vault";
import { migrate } from "../migrate";
import { moveTarget } from "../move-target";
import { openPool } from "./pool";
import { queryOn } from "./query";
import { requireUsable } from "./usable";

const COUNTS = `
  SELECT (SELECT count(*) FROM "Secret") AS "secrets",
    (SELECT count(*) FROM "SecretVersion" WHERE "sealed" IS NOT NULL) AS "values",
    (SELECT count(*) FROM "Service") AS "services", (SELECT count(*) FROM "User") AS "people",
    (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS "ms"`;
const ADMINS = `SELECT "email" FROM "User" WHERE "role" = 'admin' AND "disabledAt" IS NULL ORDER BY 1`;

type Counts = Pick<Census, "secrets" | "values" | "services" | "people"> & { ms: number };

/** As `takeCensus`, of a PostgreSQL database that has a vault. */
export async function takePostgresCensus(databaseUrl: string): Promise<Census> {
  const pool = openPool(databaseUrl, { max: 1 });
  try {
    const query = queryOn(pool, false);
    await requireUsable(query);
    const [counted] = await query<Counts>(COUNTS);
    if (!counted) throw new TypeError("Counting gives a row.");
    const { ms, ...counts } = counted;
    return {
      ...counts,
      admins: (await query<{ email: string }>(ADMINS)).map(({ email }) => email),
      instances: await query<{ seenAt: Date }>(`SELECT "seenAt" FROM "Instance"`),
      at: new Date(ms),
    };
  } finally {
    await pool.end();
  }
}

const NEVER = new AbortController().signal;

/** Of what a copy leaves out: the processes that work on the database, and do not on the copy. */
const STAYS = { Instance: "1 = 0" };

/**
 * Copies a vault on PostgreSQL as it is at one moment into a new SQLite file, which Coffer opens: durable, compared row by
 * row with what was read, and there whole or not at all. The database is brought to this version first, which the file is of.
 * @throws CofferError `not_empty` where there is such a file
 */
export async function copyToFile(
  databaseUrl: string,
  prismaDirectory: string,
  path: string,
): Promise<void> {
  if (existsSync(path)) throw taken(path);
  await migrate({ databaseUrl, prismaDirectory });
  const target = await moveTarget(`file:${path}`, prismaDirectory);
  try {
    const source = await openSnapshot(databaseUrl, STAYS);
    try {
      requireVault(source);
      await target.fill(source, { progress: () => undefined, signal: NEVER });
    } finally {
      await source.close();
    }
    if (!(await target.finish())) throw taken(path);
  } finally {
    await target.clean();
  }
}

function taken(path: string): CofferError {
  return new CofferError(
    "not_empty",
    `${path} exists already. Name another file, or delete it. Nothing was changed.`,
  );
}
