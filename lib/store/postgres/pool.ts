import pg, { type Pool, type PoolClient, type PoolConfig } from "pg";
import { CofferError } from "../../errors";
import { insideOf } from "./driver";
import type { Reach } from "./reach";
import { ReachedPool, SILENCE_MS } from "./reached-pool";

/** How long a connection may take to come about, and a wait for a free one. */
export const CONNECT_MS = 5_000;
const KEEP_ALIVE_MS = 10_000;

export interface PoolOptions extends Pick<PoolConfig, "max" | "verify" | "query_timeout"> {
  max: number;
  /**
   * Whether it has statements that may rightly take long, such as a migration or a copy of everything: then only the
   * system's own keep-alive tells that the database is gone.
   */
  isPatient?: boolean;
  /** What finds out for all pools of an instance whether the database can be reached. */
  reach?: Reach;
}

/** Connections to PostgreSQL. Nothing is connected before it is asked for. */
export function openPool(databaseUrl: string, { isPatient, reach, ...options }: PoolOptions): Pool {
  const config = {
    ...{ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_MS },
    ...{ keepAlive: true, keepAliveInitialDelayMillis: KEEP_ALIVE_MS, application_name: "coffer" },
    ...options,
  };
  const pool = reach ? new ReachedPool(config, reach) : new pg.Pool(config);
  if (!isPatient && !reach) pool.on("connect", giveUpOnSilence);
  // One that breaks between two queries of a transaction: the next query says so. Unheard, it would end the process.
  pool.on("connect", (client) => client.on("error", () => undefined));
  pool.on("error", () => undefined); // one that breaks while nobody uses it: the pool has let go of it
  return pool;
}

function giveUpOnSilence(client: PoolClient): void {
  const { stream, owesAnswer, giveUp } = insideOf(client);
  stream.setTimeout(SILENCE_MS); // with a listener it would be told once only
  stream.on("timeout", () => {
    if (owesAnswer()) giveUp();
  });
}

/** Whether the address says, as Prisma has it, that a pooler is in front: statements prepared by name are lost there. */
export function isBehindPooler(databaseUrl: string): boolean {
  return new URL(databaseUrl).searchParams.get("pgbouncer") === "true";
}

const CONNECTIONS = { least: 3, usual: 12, most: 200 };

/**
 * How many connections an instance keeps at most: for what people and changes do, through Prisma; and for resolves and
 * the record, past it. The address says another number as Prisma has it, by `connection_limit`.
 * @throws CofferError `unavailable`
 */
export function connectionsOf(databaseUrl: string): { prisma: number; direct: number } {
  const { least, usual, most } = CONNECTIONS;
  const given = new URL(databaseUrl).searchParams.get("connection_limit");
  const all = given === null ? usual : /^\d{1,4}$/.test(given) ? Number(given) : NaN;
  if (!(all >= least && all <= most)) {
    throw new CofferError(
      "unavailable",
      `connection_limit in DATABASE_URL takes a number from ${String(least)} to ${String(most)}.`,
    );
  }
  const direct = Math.floor(all / 3);
  return { direct, prisma: all - direct };
}
