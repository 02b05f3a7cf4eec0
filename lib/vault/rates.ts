import type { Caller } from "../access/caller";
import { addressBlock } from "../address";
import { CofferError, waitText } from "../errors";
import type { Limits } from "../limits";
import { Tally } from "./tally";

/** How often a refusal for asking too often is put on record, for each caller: a flood must not fill the record. */
const ONE_ROW = { most: 1, perMs: 60_000 };

/** What a call counts as. */
export type Tier = "management" | "resolve";

/** How often each caller may ask. Kept in memory: a start forgets it. */
export class Rates {
  readonly #tallies: Record<keyof Limits["rates"], Tally>;
  readonly #told: Tally;

  constructor({ rates }: Limits, now: () => Date) {
    this.#tallies = {
      nobody: new Tally(rates.nobody, now),
      management: new Tally(rates.management, now),
      resolve: new Tally(rates.resolve, now),
    };
    this.#told = new Tally(ONE_ROW, now);
  }

  /** Counts a call of somebody who is known. @throws CofferError `rate_limited` */
  take(caller: Caller, tier: Tier): void {
    if (caller.kind !== "user" && caller.kind !== "service") return;
    const key = caller.kind === "service" && tier === "management" ? caller.tokenId : caller.id;
    const error = this.#over(this.#tallies[tier], key, "requests from one caller");
    if (error) throw error;
  }

  /** Counts a refusal of somebody who is not known: an error if there were too many from that address. */
  takeRefusal(caller: Caller): CofferError | null {
    const key = addressBlock(caller.origin.address);
    return this.#over(this.#tallies.nobody, key, "refused requests from one address");
  }

  /** Whether `caller` was refused with this code and put on record for it, in this minute. */
  isTold(caller: Caller, code: string): boolean {
    const { origin } = caller;
    const who = "id" in caller ? caller.id : addressBlock(origin.address);
    return this.#told.take(`${code} ${who}`) > 0;
  }

  #over(tally: Tally, key: string, what: string): CofferError | null {
    const retryAfterSeconds = tally.take(key);
    if (retryAfterSeconds === 0) return null;
    const { most, perMs } = tally.rate;
    const limit = `${most.toLocaleString("en")} ${what} in ${String(perMs / 1000)} seconds`;
    return new CofferError(
      "rate_limited",
      `Coffer takes ${limit}, and there were more. Try again in ${waitText(retryAfterSeconds)}.`,
      { details: { retryAfterSeconds } },
    );
  }
}
