import type { Moment } from "../moment";

/**
 * The newest state of the database that this instance knows of. It learns of one with every group of audit events
 * (`event-rows.ts`) and after each change of its own; in between it may be behind. Nothing that is decided under a past
 * one is answered.
 */
export class Latest {
  /** The same object as long as it is the same. */
  moment: Moment;

  constructor(revision: number) {
    this.moment = { revision, epoch: 1 };
  }

  /** Takes in the Revision that the database has. */
  learn(revision: number): void {
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

/** The Revision: 0 in a database that has no vault yet. */
export const REVISION = `SELECT coalesce((SELECT "counter" FROM "Revision" WHERE "id" = 1), 0) AS "counter"`;
