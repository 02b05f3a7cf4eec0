import { expect, test } from "vitest";
import { Kept } from "./kept";

/** A database that changes when the test says so. */
function prepare(bounds = { entries: 3, bytes: 100 }) {
  const store = { latest: { revision: 1, epoch: 1 } };
  return { store, kept: new Kept<string>(store, bounds) };
}

test("all is forgotten once the database has changed, whether or not its Revision rose", () => {
  for (const rise of [0, 1]) {
    const { store, kept } = prepare();
    kept.keep("a", "1", 1, store.latest);
    expect(kept.get("a")).toBe("1");
    store.latest = { revision: 1 + rise, epoch: 2 };
    expect(kept.get("a")).toBeUndefined();
  }
});

test("what was read before a change is not kept after it", () => {
  const { store, kept } = prepare();
  const before = store.latest;
  store.latest = { revision: 1, epoch: 2 };
  kept.keep("a", "1", 1, before);
  expect(kept.get("a")).toBeUndefined();
});

test("the oldest make room, for entries and for bytes; what is too large is not kept", () => {
  const { store, kept } = prepare();
  const moment = store.latest;
  for (const key of ["a", "b", "c", "d"]) kept.keep(key, key, 1, moment);
  expect(["a", "b", "c", "d"].map((key) => kept.get(key))).toEqual([undefined, "b", "c", "d"]);
  kept.keep("e", "e", 99, moment);
  expect(["b", "c", "d", "e"].map((key) => kept.get(key))).toEqual([
    undefined,
    undefined,
    "d",
    "e",
  ]);
  kept.keep("f", "f", 101, moment);
  expect([kept.get("e"), kept.get("f")]).toEqual(["e", undefined]);
  kept.keep("e", "again", 10, moment);
  expect([kept.get("d"), kept.get("e")]).toEqual(["d", "again"]);
});
