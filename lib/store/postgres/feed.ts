import { describeError, type Log } from "../../log";
import type { Feed } from "../feed";
import { Listeners } from "../listeners";
import { listenOn, Unheard, type Beat } from "./listening";

/** How the feed goes about it. A test takes less time. */
export interface FeedTimes {
  beat: Beat;
  /** Between two attempts to listen: it doubles from one to the other, and of each a random part up to a half is left out. */
  pauseMs: { shortest: number; longest: number };
}

const TIMES: FeedTimes = {
  beat: { everyMs: 10_000, patienceMs: 10_000 },
  pauseMs: { shortest: 500, longest: 30_000 },
};

export interface FeedOptions {
  /** Of the server itself; null where none is known but a pooler's. */
  databaseUrl: string | null;
  /** Has the database say something on a channel, by one of the connections that changes are made on. */
  say: (channel: string) => Promise<unknown>;
  log?: Log | undefined;
  times?: FeedTimes;
}

/**
 * What PostgreSQL says by NOTIFY each time Revision was raised. The connection is there while anybody listens, so that commands, and
 * instances that nobody watches, have none. One that breaks, or on which nothing is heard, is made anew, later each time.
 */
export class PostgresFeed implements Feed {
  readonly #listeners = new Listeners();
  #running: Running | undefined;
  /** Whether the log says that nothing is heard. */
  #isSaid = false;

  constructor(private readonly options: FeedOptions) {}

  get isUp(): boolean {
    return this.#running?.isUp ?? false;
  }

  listen(heard: () => void): () => void {
    const endHearing = this.#listeners.add(heard);
    this.#running ??= this.#run();
    return () => {
      endHearing();
      if (this.#listeners.isEmpty) this.close();
    };
  }

  close(): void {
    this.#running?.end();
    this.#running = undefined;
  }

  #run(): Running | undefined {
    const { databaseUrl, say, times = TIMES } = this.options;
    if (databaseUrl === null) {
      this.#sayDown({}, NO_SERVER);
      return undefined;
    }
    let failures = 0;
    let again: NodeJS.Timeout | undefined;
    const running: Running = { isUp: false, end: () => undefined };
    const begin = () => {
      const endListening = listenOn({
        ...{ databaseUrl, say, beat: times.beat },
        heard: () => this.#listeners.tell(),
        up: () => {
          running.isUp = true;
          failures = 0;
          this.#sayUp();
          this.#listeners.tell();
        },
        over: (why) => {
          const isPooled = why instanceof Unheard && !running.isUp;
          this.#sayDown(describeError(why), isPooled ? UNHEARD : LOST);
          running.isUp = false;
          again = setTimeout(begin, pauseAfter(failures++, times.pauseMs)).unref();
        },
      });
      running.end = () => {
        running.isUp = false;
        clearTimeout(again);
        endListening();
      };
    };
    begin();
    return running;
  }

  /** Once for as long as it is so. */
  #sayDown(why: object, message: string): void {
    if (!this.#isSaid) this.options.log?.warn(why, message);
    this.#isSaid = true;
  }

  #sayUp(): void {
    if (this.#isSaid)
      this.options.log?.info({}, "changes of other instances are heard at once again");
    this.#isSaid = false;
  }
}

interface Running {
  isUp: boolean;
  end: () => void;
}

function pauseAfter(failures: number, { shortest, longest }: FeedTimes["pauseMs"]): number {
  return Math.min(longest, shortest * 2 ** failures) * (1 - Math.random() / 2);
}

const POLLED =
  "until then it is looked four times a second whether other instances have changed anything";
const NO_SERVER = `DATABASE_URL leads to a pooler, on which nothing can be listened to: set DATABASE_URL_DIRECT to the address of the server itself; ${POLLED}`;
const UNHEARD = `what is said in the database is not heard where it is listened to, as behind a pooler: DATABASE_URL_DIRECT has to lead past it, to the same database of the primary; ${POLLED}`;
const LOST = `the connection that listens for changes was lost or did not come about, and is tried again; ${POLLED}`;
