import type { Moment } from "../moment";

/** The first digits of the log's file are the timeline's: anybody may ask for that. */
export const TIMELINE = `substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)`;

/** What a statement has seen. */
export interface Seen {
  /** The Revision. */
  counter: number;
  /** Of the server's history: another one once a standby has taken over, where the same Revision may be of something else. */
  timeline: string;
}

/**
 * The newest state of the database that this instance knows of. It learns of one with every group of audit events
 * (`event-rows.ts`) and after each change of its own; in between it may be behind. Nothing that is decided under a past
 * one is answered.
 */
export class Latest {
  /** The same object as long as it is the same. */
  moment: Moment;
  #timeline: string;

  constructor({ counter, timeline }: Seen) {
    this.moment = { revision: counter, epoch: 1 };
    this.#timeline = timeline;
  }

  /** Of the server that `moment` is of. */
  get timeline(): string {
    return this.#timeline;
  }

  /** Takes in what the database has: also where a pooler has led to another server without a new connection here. */
  learn({ counter: revision, timeline }: Seen): void {
    if (timeline !== this.#timeline) this.forget();
    this.#timeline = timeline;
    if (revision !== this.moment.revision) this.moment = { ...this.moment, revision };
  }

  /**
   * What is kept in memory is void in any case: a new connection may lead to another server than the one before, such as
   * a standby that took over and is behind, and where the same number may come to stand for something else.
   */
  forget(): void {
    this.moment = { ...this.moment, epoch: this.moment.epoch + 1 };
  }
}

/** The Revision, 0 in a database that has no vault yet, and the timeline. */
export const SEEN = `SELECT coalesce((SELECT "counter" FROM "Revision" WHERE "id" = 1), 0) AS "counter", ${TIMELINE} AS "timeline"`;

/** The row of a statement that says what it has seen: it has one in any case. */
export function seenIn<Row extends Seen>([row]: readonly Row[]): Row {
  if (!row) throw new TypeError("The statement says what it has seen.");
  return row;
}
