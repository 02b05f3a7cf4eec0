import { expect, test } from "vitest";
import { Kept } from "./kept";
import { Revision } from "./revision";

/** A database that changes when the test says so. */
function prepare(bounds = { entries: 3, bytes: 100 }) {
  const state = { stamp: 1, revision: 1 };
  const direct = { stamp: () => state.stamp, readRevision: () => state.revision };
  const revision = new Revision(direct as never);
  revision.look();
  return { state, revision, kept: new Kept<string>(revision, bounds) };
}

test("all is forgotten once the database has changed, whether or not its Revision rose", () => {
  for (const rise of [0, 1]) {
    const { state, revision, kept } = prepare();
    kept.keep("a", "1", 1, revision.look());
    revision.look();
    expect(kept.get("a")).toBe("1");
    state.stamp++;
    state.revision += rise;
    revision.look();
    expect(kept.get("a")).toBeUndefined();
  }
});

test("what was read before a change is not kept after it", () => {
  const { state, revision, kept } = prepare();
  const before = revision.look();
  state.stamp++;
  revision.look();
  kept.keep("a", "1", 1, before);
  expect(kept.get("a")).toBeUndefined();
});

test("a Revision that rises while it is looked at is never taken for an older state's", () => {
  const { state, revision } = prepare();
  state.stamp = 2;
  const direct = {
    stamp: () => state.stamp,
    readRevision: () => {
      const read = state.revision;
      state.stamp++; // another process commits just now
      state.revision++;
      return read;
    },
  };
  const racing = new Revision(direct as never);
  expect(racing.look().revision).toBe(1);
  expect(racing.look().revision).toBe(2);
  expect(revision.latest.revision).toBe(1);
});

test("the oldest make room, for entries and for bytes; what is too large is not kept", () => {
  const { revision, kept } = prepare();
  const moment = revision.look();
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
