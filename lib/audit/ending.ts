import type { Placing, RecordRows, Tip } from "../store/journal-rows";
import { macOf, type Chain } from "./chain";

/**
 * Where a journal ends. For whoever holds the store's write lock: an attempt to write begins with `begin` and is
 * repeated from there, and counts once it is `committed`.
 */
export class Ending {
  #tip: Tip;
  #isKnown = true;

  /**
   * @param journalId the journal's
   * @param opening what stands before its first event
   */
  constructor(
    readonly journalId: string,
    private readonly chain: Chain,
    opening: string,
  ) {
    this.#tip = { seq: 0, mac: opening };
  }

  /** How many events the journal has, as far as is known: an attempt that failed may have written more. */
  get length(): number {
    return this.#tip.seq;
  }

  /** Begins an attempt. Returns how its events get their places. */
  begin(record: RecordRows): Placing {
    if (!this.#isKnown) this.#look(record);
    this.#isKnown = false;
    return this.chain.after(this.journalId, this.#tip);
  }

  /** The attempt that was begun last is durable. The journal ends there now; undefined: where it did, since nothing was written. */
  committed(tip: Tip | undefined): void {
    this.#tip = tip ?? this.#tip;
    this.#isKnown = true;
  }

  /** A commit that was said to have failed may have been made all the same: what is there and rightly so is the journal's. */
  #look(record: RecordRows): void {
    for (;;) {
      const seq = this.#tip.seq + 1;
      const [event] = record.page(this.journalId, this.#tip.seq, 1);
      if (event === undefined) return;
      const mac = this.chain.next(this.#tip.mac, event, seq);
      if (event[1] !== seq || macOf(event) !== mac) return;
      this.#tip = { seq, mac };
    }
  }
}
