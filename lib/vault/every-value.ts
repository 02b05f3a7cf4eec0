import { keyIdOf, LOST } from "../crypto/sealed-key";
import type { SealedHead, VersionKey } from "../store/sealed-rows";
import type { Store } from "../store/store";

/** Versions looked at in one statement: a few milliseconds, since the driver does not yield. */
const PAGE = 1_000;

/** Every version that has a value, in pages, with a rest for everything else between two of them. */
export async function* everyValue({ direct }: Store): AsyncGenerator<SealedHead[]> {
  let after: VersionKey = { secretId: "", version: 0 };
  for (;;) {
    const page = await direct.readSealedHeads(after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    if (page.length < PAGE) return;
    after = last;
    await rest(0);
  }
}

/** How many values there are, and what they say of themselves. */
export interface ValueCounts {
  /** By the id of the data key; under null, those that name none. */
  byKey: Map<number | null, number>;
  /** All of these. */
  sealed: number;
  /** What stands in place of a value that was lost with its keyring is none of them. */
  lost: number;
}

/** Counts the values under each data key. */
export async function countByKey(store: Store): Promise<ValueCounts> {
  const counts: ValueCounts = { byKey: new Map(), sealed: 0, lost: 0 };
  for await (const page of everyValue(store)) {
    for (const { head } of page) {
      if (head === LOST) {
        counts.lost += 1;
        continue;
      }
      const keyId = keyIdOf(head);
      counts.byKey.set(keyId, (counts.byKey.get(keyId) ?? 0) + 1);
      counts.sealed += 1;
    }
  }
  return counts;
}

/** Lets everything else have its turn, for so long. */
export function rest(ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (ms > 0) setTimeout(resolve, ms);
    else setImmediate(resolve);
  });
}
