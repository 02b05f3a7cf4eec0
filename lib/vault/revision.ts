import type { Store } from "../store/store";

/** A stretch of time in which the database stayed as it was. What is kept in memory belongs to one. */
export interface Moment {
  /** The database's Revision, or an older one: never one from after what was read in this moment. */
  readonly revision: number;
}

/**
 * Tells when what is kept in memory has to be read again: as soon as anything but Coffer's own record has been
 * committed to the file, by this process or any other. That is more than what raises Revision: also what
 * somebody has changed without Coffer binds the next request.
 */
export class Revision {
  #latest: Moment = { revision: -1 };
  #stamp: number | undefined;

  constructor(private readonly direct: Store["direct"]) {}

  /** The newest moment that is known, without looking. */
  get latest(): Moment {
    return this.#latest;
  }

  /** Looks whether the database is as it was. The same object as before if so. */
  look(): Moment {
    const stamp = this.direct.stamp();
    if (stamp !== this.#stamp) {
      // In this order: what is committed between the two is found by the next look.
      this.#latest = { revision: this.direct.readRevision() };
      this.#stamp = stamp;
    }
    return this.#latest;
  }
}
