import { randomBytes } from "node:crypto";
import pg from "pg";
import { insideOf } from "./driver";

/** Where a trigger says that Revision was raised: migration 0015. */
const CHANNEL = "coffer_revision";
const CONNECT_MS = 5_000;
const KEEP_ALIVE_MS = 10_000;
/** How long the goodbye may take. */
const END_MS = 1_000;

/** How often it is asked whether what is said is heard, and how long it may take to be, from the connection on. */
export interface Beat {
  everyMs: number;
  patienceMs: number;
}

/** What was said was not heard in time. */
export class Unheard extends Error {
  override readonly name = "Unheard";
}

/** What one connection that listens is told and tells. */
export interface Listening {
  databaseUrl: string;
  beat: Beat;
  /** Has the database say something on a channel, by another connection: the way that changes come. */
  say: (channel: string) => Promise<unknown>;
  /** What is said is heard. Called once. */
  up: () => void;
  /** The database may have changed. */
  heard: () => void;
  /** It is over, and why. Called once, unless it was ended. */
  over: (why: unknown) => void;
}

/**
 * Listens on a connection of its own. Now and then something is said on a channel that nobody else listens to, by the way that
 * changes are said: only that it is heard shows that they would be. A connection that answers does not, where
 * a pooler has given it to another server's session or where it leads to a server that is no more the primary;
 * and one that drops all that is sent shows nothing else. Returns what ends it.
 */
export function listenOn({ databaseUrl, beat, say, ...tell }: Listening): () => void {
  const own = `coffer_${randomBytes(8).toString("hex")}`;
  const client = new pg.Client({
    ...{ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_MS },
    ...{ keepAlive: true, keepAliveInitialDelayMillis: KEEP_ALIVE_MS },
    application_name: "coffer listening",
  });
  const is = { over: false, up: false };
  let timer: NodeJS.Timeout | undefined;

  function end(): void {
    is.over = true;
    clearTimeout(timer);
    client.end().catch(() => undefined);
    setTimeout(() => insideOf(client).stream.destroy(), END_MS).unref(); // nobody may be there for the goodbye
  }
  function fail(why: unknown): void {
    if (is.over) return;
    end();
    tell.over(why);
  }
  function ask(): void {
    timer = setTimeout(() => fail(new Unheard("what is said is not heard")), beat.patienceMs);
    say(own).catch(fail);
  }
  function answered(): void {
    clearTimeout(timer);
    timer = setTimeout(ask, beat.everyMs).unref();
    if (!is.up) tell.up();
    is.up = true;
  }

  client.on("notification", ({ channel }) => {
    if (is.over) return;
    if (channel === own) answered();
    else tell.heard();
  });
  client.on("error", fail);
  client.on("end", () => fail(new Error("Connection terminated")));
  client
    .connect()
    .then(() => client.query(`LISTEN ${CHANNEL}; LISTEN ${own}`))
    .then(() => !is.over && ask(), fail);
  return end;
}
