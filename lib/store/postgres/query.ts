import { createHash } from "node:crypto";
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

/** Whether statements are prepared by name, so that each is read and planned once on a connection, and not at every use. */
export interface Naming {
  isOn: boolean;
  /** Told once, where it turns out that a pooler in front loses names. */
  lost?: () => unknown;
}

const names = new Map<string, string>();

/**
 * By what it says: behind a pooler instances share the server's connections, and a name must not stand for one statement
 * here and for another one there.
 */
function nameOf(sql: string): string {
  let name = names.get(sql);
  if (name === undefined) {
    name = `coffer_${createHash("sha256").update(sql).digest("hex").slice(0, 24)}`;
    names.set(sql, name);
  }
  return name;
}

/** A name that the server's connection does not know, or knows already: a pooler has given it to somebody else meanwhile. */
function isOfName(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^(26000|42P05)$/.test(String(error.code));
}

/**
 * Asks on a pool, or on one connection of it. Each text is a constant of the code: it may be prepared under a name of its
 * own. On a pool what only reads may be asked twice, so a connection that has died while nobody used it is not seen.
 */
export function queryOn(on: Pool | ClientBase, naming: Naming | false): Query {
  const run = (sql: string, values: readonly unknown[], rowMode?: "array") =>
    on.query({
      ...{ text: sql, values: [...values], types: TYPES as never },
      ...(naming && naming.isOn && { name: nameOf(sql) }),
      ...(rowMode && { rowMode }),
    } as never) as unknown as Promise<{ rows: unknown[] }>;
  async function patient(sql: string, values: readonly unknown[], rowMode?: "array") {
    const isNamed = naming && naming.isOn;
    try {
      return await run(sql, values, rowMode);
    } catch (error) {
      if (isNamed && isOfName(error)) {
        if (naming.isOn) naming.lost?.();
        naming.isOn = false;
        return run(sql, values, rowMode); // it was not begun
      }
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
