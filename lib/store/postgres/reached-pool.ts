import pg, { type PoolClient, type PoolConfig } from "pg";
import { insideOf } from "./driver";
import type { Reach } from "./reach";

/** After so long without a byte, while it owes an answer, somebody looks whether the database is there. */
const QUIET_MS = 3_000;

type Connected = (
  error: Error | undefined,
  client: PoolClient | undefined,
  done: (release?: Error | boolean) => void,
) => void;

/**
 * A pool that asks `Reach` first. Who waits for a connection, or for an answer on one, when the database is found away is
 * refused then, and every connection is given up: none of them can be known to lead anywhere afterwards.
 */
export class ReachedPool extends pg.Pool {
  constructor(
    config: PoolConfig,
    private readonly reach: Reach,
  ) {
    super(config);
    this.on("connect", (client) => {
      this.#watch(client);
    });
  }

  override connect(): Promise<PoolClient>;
  override connect(connected: Connected): void;
  override connect(connected?: Connected): Promise<PoolClient> | undefined {
    const coming = this.#connect();
    if (!connected) return coming;
    coming.then(
      (client) => {
        connected(undefined, client, (release) => {
          client.release(release);
        });
      },
      (error: unknown) => {
        connected(asError(error), undefined, () => undefined);
      },
    );
    return undefined;
  }

  #connect(): Promise<PoolClient> {
    const since = performance.now();
    return new Promise((resolve, reject) => {
      this.reach.require();
      let isOver = false;
      const end = this.reach.onAway((refusal) => {
        isOver = true;
        end();
        reject(refusal);
      });
      super.connect().then(
        (client) => {
          end();
          if (isOver) client.release(true);
          else resolve(client);
        },
        (error: unknown) => {
          end();
          if (!isOver) this.reach.notConnected(error, since);
          reject(asError(error));
        },
      );
    });
  }

  #watch(client: PoolClient): void {
    const { stream, owesAnswer, giveUp } = insideOf(client);
    let quietMs = 0;
    stream.on("data", () => {
      quietMs = 0;
      this.reach.answered();
    });
    stream.setTimeout(QUIET_MS); // with a listener it would be told once only
    stream.on("timeout", () => {
      if (!owesAnswer()) return;
      quietMs += QUIET_MS;
      if (quietMs >= SILENCE_MS) {
        giveUp();
        return;
      }
      this.reach.doubt();
      stream.setTimeout(QUIET_MS);
    });
    const end = this.reach.onAway(giveUp);
    client.once("end", end);
  }
}

/**
 * After so long without a byte the database is taken for gone while it owes an answer, and the connection is given
 * up: a network that drops what is sent says nothing, and the system's own patience is a quarter of an hour.
 */
export const SILENCE_MS = 30_000;

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error("a connection failed", { cause: error });
}
