import { keyIdOf } from "../crypto/sealed-key";
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

/** How many values are sealed under each data key; under null, those that don't say. */
export async function countByKey(store: Store): Promise<Map<number | null, number>> {
  const counts = new Map<number | null, number>();
  for await (const page of everyValue(store)) {
    for (const { head } of page) {
      const keyId = keyIdOf(head);
      counts.set(keyId, (counts.get(keyId) ?? 0) + 1);
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
