import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from "node:crypto";
import { z } from "zod";
import type { Caller } from "../access/caller";
import { CofferError } from "../errors";
import type { RecordPlace } from "../store/record-search";
import type { Seen } from "../store/record-seen";

/** For how long one goes on in a search that is on record. After it, another one is put on record. */
const GOES_ON_FOR_MS = 12 * 60 * 60 * 1000;
const MAC_BYTES = 16;

const olderPlace = z.tuple([z.iso.datetime(), z.string(), z.int()]);
const newerPlace = z.tuple([z.array(z.tuple([z.string(), z.int()])), z.int(), z.string()]);
type PlaceText = z.output<typeof olderPlace> | z.output<typeof newerPlace>;

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

  /** What is older than a place. @param asked when the search was put on record, in milliseconds */
  older(caller: Caller, filters: object, { at, journalId, seq }: RecordPlace, asked: number) {
    return this.#write(caller, filters, [at, journalId, seq], asked);
  }

  /** What is newer than all that was seen. */
  newer(caller: Caller, filters: object, { ends, others, hash }: Seen, asked: number) {
    return this.#write(caller, filters, [ends, others, hash], asked);
  }

  /** @throws CofferError `invalid_request` for one that was not given to this caller, for these filters, lately */
  readOlder(caller: Caller, filters: object, cursor: string): Read<RecordPlace> {
    const [[at, journalId, seq], asked] = this.#read(caller, filters, cursor, olderPlace);
    return { place: { at, journalId, seq }, asked };
  }

  /** The same of one of the other kind. @throws CofferError `invalid_request` */
  readNewer(caller: Caller, filters: object, cursor: string): Read<Seen> {
    const [[ends, others, hash], asked] = this.#read(caller, filters, cursor, newerPlace);
    return { place: { ends, others, hash }, asked };
  }

  #write(caller: Caller, filters: object, place: PlaceText, asked: number): string {
    const mac = this.#mac(caller, filters, place, asked).toString("base64url");
    return Buffer.from(JSON.stringify([place, asked, mac])).toString("base64url");
  }

  #read<P extends PlaceText>(
    caller: Caller,
    filters: object,
    cursor: string,
    kind: z.ZodType<P>,
  ): [place: P, asked: number] {
    const parts = parsed(cursor, z.tuple([kind, z.int(), z.base64url()]));
    if (!parts) throw noCursor();
    const [place, asked, mac] = parts;
    const given = Buffer.from(mac, "base64url");
    if (given.length !== MAC_BYTES) throw noCursor();
    if (!timingSafeEqual(given, this.#mac(caller, filters, place, asked))) throw noCursor();
    if (this.now() - asked > GOES_ON_FOR_MS) throw noCursor();
    return [place, asked];
  }

  #mac(caller: Caller, filters: object, place: PlaceText, asked: number): Buffer {
    const who = "id" in caller ? `${caller.kind} ${caller.id}` : caller.kind;
    const sorted = Object.entries(filters)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const text = JSON.stringify([who, sorted, place, asked]);
    return createHmac("sha256", this.#key).update(text).digest().subarray(0, MAC_BYTES);
  }
}

/** Where a search goes on, and when it was put on record. */
interface Read<P> {
  place: P;
  asked: number;
}

function parsed<T>(cursor: string, shape: z.ZodType<T>): T | null {
  try {
    return shape.safeParse(JSON.parse(Buffer.from(cursor, "base64url").toString())).data ?? null;
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
