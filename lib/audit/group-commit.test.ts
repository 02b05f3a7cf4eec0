import { describe, expect, it } from "vitest";
import type { EventRow, EventToWrite } from "../store/event-rows";
import { groupCommit, isNotWritten, isStale } from "./group-commit";

const event = { row: {} as EventRow, under: null };

/** Commits that are durable when told so. */
function commits() {
  const begun: { events: readonly EventToWrite[]; end: (written: boolean | Error) => void }[] = [];
  const group = groupCommit(
    (events) =>
      new Promise((resolve, reject) => {
        const end = (written: boolean | Error): void => {
          if (written instanceof Error) reject(written);
          else resolve(events.map(() => written));
        };
        begun.push({ events, end });
      }),
  );
  /** Writes one; `outcome` is an error, or undefined once it is durable. */
  const write = (isKnown = true) => {
    const each: { isOver: boolean; outcome?: unknown } = { isOver: false };
    const over = (outcome?: unknown): void => void Object.assign(each, { isOver: true, outcome });
    group.write(event, isKnown).then(() => over(), over);
    return each;
  };
  return { begun, group, write };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("events that are written", () => {
  it("at the same time share one commit, and none is durable before it is", async () => {
    const { begun, write } = commits();
    const all = Array.from({ length: 20 }, () => write());
    await turn();
    expect(begun.map(({ events }) => events.length)).toEqual([20]);
    expect(all.some(({ isOver }) => isOver)).toBe(false);
    begun[0]?.end(true);
    await turn();
    expect(all.every(({ isOver, outcome }) => isOver && outcome === undefined)).toBe(true);
  });

  it("while one commit is under way wait for it, and share the next", async () => {
    const { begun, write } = commits();
    write();
    await turn();
    for (let i = 0; i < 50; i++) write();
    await turn();
    expect(begun).toHaveLength(1);
    begun[0]?.end(true);
    await turn();
    expect(begun.map(({ events }) => events.length)).toEqual([1, 50]);
  });

  it("do not wait for those that are still being decided once there are enough", async () => {
    const { begun, write } = commits();
    let given = 0;
    for (; given < 100 && begun.length === 0; given++) {
      write();
      await Promise.resolve(); // the next one is decided in the same turn of the event loop
    }
    expect(given).toBeLessThan(50);
    expect(begun[0]?.events.length).toBeGreaterThanOrEqual(16);
  });

  it("fail all of them where their commit does, and the next ones are tried anew", async () => {
    const { begun, group, write } = commits();
    const [one, two] = [write(), write()];
    await turn();
    begun[0]?.end(new Error("disk full"));
    await turn();
    expect([one, two].map(({ outcome }) => isNotWritten(outcome))).toEqual([true, true]);
    expect(group.isWriting()).toBe(false);
    const next = write();
    await turn();
    begun[1]?.end(true);
    await turn();
    expect(next).toEqual({ isOver: true, outcome: undefined });
    expect(group.isWriting()).toBe(true);
  });

  it("under what is past are not written, which is told apart from what could not be", async () => {
    const { begun, write } = commits();
    const each = write();
    await turn();
    begun[0]?.end(false);
    await turn();
    expect(isStale(each.outcome)).toBe(true);
    expect(isNotWritten(each.outcome)).toBe(false);
  });

  it("are refused where too many wait, and those that wait are written", async () => {
    const { begun, write } = commits();
    write();
    await turn();
    const waiting = Array.from({ length: 1_000 }, () => write(false));
    const refused = write(false);
    await turn();
    expect(isNotWritten(refused.outcome)).toBe(true);
    expect(waiting.some(({ isOver }) => isOver)).toBe(false);
    expect(begun).toHaveLength(1);
  });
});
