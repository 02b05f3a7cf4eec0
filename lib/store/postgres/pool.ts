import type { Socket } from "node:net";
import pg, { type Pool, type PoolClient, type PoolConfig } from "pg";

/** How long a connection may take to come about, and a wait for a free one. */
const CONNECT_MS = 5_000;
/**
 * After so long without a byte the database is taken for gone while it owes an answer, and the connection is given
 * up: a network that drops what is sent says nothing, and the system's own patience is a quarter of an hour.
 */
const SILENCE_MS = 30_000;
const KEEP_ALIVE_MS = 10_000;

export interface PoolOptions extends Pick<PoolConfig, "max" | "verify"> {
  max: number;
  /**
   * Whether it has statements that may rightly take long, such as a migration or a copy of everything: then only the
   * system's own keep-alive tells that the database is gone.
   */
  isPatient?: boolean;
}

/** Connections to PostgreSQL. Nothing is connected before it is asked for. */
export function openPool(databaseUrl: string, { isPatient, ...options }: PoolOptions): Pool {
  const pool = new pg.Pool({
    ...{ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_MS },
    ...{ keepAlive: true, keepAliveInitialDelayMillis: KEEP_ALIVE_MS, application_name: "coffer" },
    ...options,
  });
  if (!isPatient) pool.on("connect", giveUpOnSilence);
  // One that breaks between two queries of a transaction: the next query says so. Unheard, it would end the process.
  pool.on("connect", (client) => client.on("error", () => undefined));
  pool.on("error", () => undefined); // one that breaks while nobody uses it: the pool has let go of it
  return pool;
}

function giveUpOnSilence(client: PoolClient): void {
  // Both are the driver's own, and are not in its types.
  const driver = client as unknown as { connection: { stream: Socket }; readyForQuery: boolean };
  const { stream } = driver.connection;
  stream.setTimeout(SILENCE_MS, () => {
    if (!driver.readyForQuery) stream.destroy(new Error("The database has stopped answering."));
  });
}

/** Whether the address says, as Prisma has it, that a pooler is in front: statements prepared by name are lost there. */
export function isBehindPooler(databaseUrl: string): boolean {
  return new URL(databaseUrl).searchParams.get("pgbouncer") === "true";
}
