import type { ClientBase, Pool, QueryArrayResult } from "pg";
import { isLost } from "./errors";

/** A statement whose rows are objects, or arrays where that is asked for. */
export interface Query {
  <R extends object>(sql: string, values?: readonly unknown[]): Promise<R[]>;
  arrays<R extends unknown[]>(sql: string, values?: readonly unknown[]): Promise<R[]>;
}

const TIMESTAMP = 1114;
const INT8 = 20;
const AS_IT_IS = (text: string) => text;

/** Times are UTC without a zone; whole numbers beyond 2³¹ are counts, and none comes near 2⁵³. */
const TYPES = {
  getTypeParser(oid: number): (text: string) => unknown {
    switch (oid) {
      case TIMESTAMP:
        return (text) => new Date(`${text.replace(" ", "T")}Z`);
      case INT8:
      case 21:
      case 23:
        return Number;
      case 16:
        return (text) => text === "t";
      default:
        return AS_IT_IS;
    }
  },
};

/** So that a statement is read and planned once on each connection, and not at every use. */
const names = new Map<string, string>();

function nameOf(sql: string): string {
  let name = names.get(sql);
  if (name === undefined) names.set(sql, (name = `coffer_${String(names.size)}`));
  return name;
}

/**
 * Asks on a pool, or on one connection of it. Each text is a constant of the code: it is prepared under a name of its
 * own. On a pool what only reads may be asked twice, so a connection that has died while nobody used it is not seen.
 */
export function queryOn(on: Pool | ClientBase, isPrepared: boolean): Query {
  const run = (sql: string, values: readonly unknown[], rowMode?: "array") =>
    on.query({
      ...{ text: sql, values: [...values], types: TYPES as never },
      ...(isPrepared && { name: nameOf(sql) }),
      ...(rowMode && { rowMode }),
    } as never) as unknown as Promise<{ rows: unknown[] }>;
  async function patient(sql: string, values: readonly unknown[], rowMode?: "array") {
    try {
      return await run(sql, values, rowMode);
    } catch (error) {
      if (!isLost(error) || !("totalCount" in on) || !sql.trimStart().startsWith("SELECT"))
        throw error;
      return run(sql, values, rowMode);
    }
  }
  return Object.assign(
    async <R extends object>(sql: string, values: readonly unknown[] = []) =>
      (await patient(sql, values)).rows as R[],
    {
      arrays: async <R extends unknown[]>(sql: string, values: readonly unknown[] = []) =>
        ((await patient(sql, values, "array")) as QueryArrayResult<R>).rows,
    },
  );
}
