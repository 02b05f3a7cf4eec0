import { timeText } from "./column";
import { Prisma } from "./generated/sqlite/client";
import type { Db } from "./store";

/** What is done once a day, by the table whose one row says when it last was. */
export type Daily = "TrashSweep" | "AuditRun";

/** A time that it was done, and how often it had been by then. */
export interface DayRun {
  at: Date;
  count: number;
}

const ONE = 1;

/** The last run, if there was one. */
export function readDay(db: Db, daily: Daily): Promise<DayRun | null> {
  const where = { id: ONE };
  return daily === "TrashSweep"
    ? db.trashSweep.findUnique({ where })
    : db.auditRun.findUnique({ where });
}

/** Notes a run in the place of the one that was the last. False where another process has noted one. For a transaction. */
export async function writeDay(
  tx: Db,
  daily: Daily,
  last: DayRun | null,
  { at, count }: DayRun,
): Promise<boolean> {
  const table = Prisma.raw(`"${daily}"`);
  const noted = last
    ? await tx.$executeRaw`
        UPDATE ${table} SET "at" = ${timeText(at)}, "count" = ${count}
        WHERE "id" = ${ONE} AND "at" = ${timeText(last.at)} AND "count" = ${last.count}`
    : await tx.$executeRaw`
        INSERT INTO ${table} ("id", "at", "count") VALUES (${ONE}, ${timeText(at)}, ${count})
        ON CONFLICT DO NOTHING`;
  return noted === 1;
}
