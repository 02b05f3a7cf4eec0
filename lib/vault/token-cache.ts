import { compileRules, readRules, type CompiledRule } from "../access/rules";
import { compileBlocks } from "../address";
import type { Moment } from "../store/moment";
import type { StoredToken } from "../store/token-rows";
import type { Door } from "./door";
import { Kept } from "./kept";

const BOUNDS = { entries: 10_000, bytes: 64 * 1024 * 1024 };

/** A token made ready for many requests. Its rows are as Coffer wrote them. */
export interface KnownToken {
  row: StoredToken;
  rules: readonly CompiledRule[];
  /** Whether it may be used from an address. */
  mayComeFrom: (address: string) => boolean;
  /** When it was read. */
  moment: Moment;
}

/** Tokens that were accepted, kept in memory by their hash. The token itself is kept nowhere. */
export class TokenCache {
  readonly #kept: Kept<KnownToken>;

  constructor(private readonly door: Door) {
    this.#kept = new Kept(door.store, BOUNDS);
  }

  /** A token that was accepted since the database last changed, as far as that is known. */
  get(hash: string): KnownToken | undefined {
    return this.#kept.get(hash);
  }

  /** Reads a token from the database. */
  async find(hash: string): Promise<{ row: StoredToken; moment: Moment } | null> {
    const moment = this.door.store.latest;
    const row = await this.door.store.direct.findToken(hash);
    return row && { row, moment };
  }

  /** Keeps a token that was accepted. */
  keep(known: KnownToken): void {
    const { hash, service } = known.row;
    const bytes = 2 * (service.rules.length + service.allowedCidrs.length);
    this.#kept.keep(hash, known, bytes, known.moment);
  }
}

/** Compiles what a token's rows say. They must have been checked. */
export function ready(row: StoredToken, moment: Moment): KnownToken {
  const { rules, allowedCidrs } = row.service;
  const blocks = JSON.parse(allowedCidrs) as string[];
  const mayComeFrom = blocks.length === 0 ? () => true : compileBlocks(blocks);
  return { row, rules: compileRules(readRules(rules)), mayComeFrom, moment };
}
