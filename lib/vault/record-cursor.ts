import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from "node:crypto";
import { z } from "zod";
import type { Caller } from "../access/caller";
import { CofferError } from "../errors";
import type { RecordPlace } from "../store/record-search";

/** For how long one goes on in a search that is on record. After it, another one is put on record. */
const GOES_ON_FOR_MS = 12 * 60 * 60 * 1000;
const MAC_BYTES = 16;

const cursorText = z.tuple([z.iso.datetime(), z.string(), z.int(), z.int(), z.base64url()]);

/**
 * Places in a search of the record. Each carries a MAC over who searched, for what and when: only the start of a
 * search is on record, so that nothing but a search that is may be gone on with. Its key is the vault's: a search goes
 * on at each instance, and after a restart.
 */
export class RecordCursors {
  readonly #key: KeyObject;

  /** @param now in milliseconds */
  constructor(
    key: Uint8Array,
    readonly now: () => number,
  ) {
    this.#key = createSecretKey(key);
  }

  /** @param asked when the search was put on record, in milliseconds */
  write(caller: Caller, filters: object, place: RecordPlace, asked: number): string {
    const { at, journalId, seq } = place;
    const mac = this.#mac(caller, filters, place, asked).toString("base64url");
    return Buffer.from(JSON.stringify([at, journalId, seq, asked, mac])).toString("base64url");
  }

  /** @throws CofferError `invalid_request` for one that was not given to this caller, for these filters, lately */
  read(caller: Caller, filters: object, cursor: string): { place: RecordPlace; asked: number } {
    const parts = parsed(cursor);
    if (!parts) throw noCursor();
    const [at, journalId, seq, asked, mac] = parts;
    const place = { at, journalId, seq };
    const given = Buffer.from(mac, "base64url");
    if (given.length !== MAC_BYTES) throw noCursor();
    if (!timingSafeEqual(given, this.#mac(caller, filters, place, asked))) throw noCursor();
    if (this.now() - asked > GOES_ON_FOR_MS) throw noCursor();
    return { place, asked };
  }

  #mac(caller: Caller, filters: object, place: RecordPlace, asked: number): Buffer {
    const who = "id" in caller ? `${caller.kind} ${caller.id}` : caller.kind;
    const sorted = Object.entries(filters)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const text = JSON.stringify([who, sorted, place.at, place.journalId, place.seq, asked]);
    return createHmac("sha256", this.#key).update(text).digest().subarray(0, MAC_BYTES);
  }
}

function parsed(cursor: string): z.output<typeof cursorText> | null {
  try {
    const text = Buffer.from(cursor, "base64url").toString();
    return cursorText.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function noCursor(): CofferError {
  return new CofferError(
    "invalid_request",
    "The cursor is not one of this search, or the search is over 12 hours old. Search again.",
  );
}
