import { expect, test, vi } from "vitest";
import { turns } from "../turns";
import { Reach } from "./reach";
import { eventually } from "../../../tests/support/eventually";

const refused = () => Object.assign(new Error("no"), { code: "ECONNREFUSED" });
const wrongPassword = () => Object.assign(new Error("no"), { code: "28P01", severity: "FATAL" });

/** A database that is away until it is told to be back, and how it was looked for. */
function awayDatabase() {
  const looks = { under: 0, most: 0, all: 0 };
  const state: { fails: (() => Error) | null } = { fails: refused };
  const lines: string[] = [];
  const write = (_: object, line: string) => void lines.push(line);
  const reach = new Reach(
    async () => {
      looks.all++;
      looks.most = Math.max(looks.most, ++looks.under);
      await new Promise((resolve) => setTimeout(resolve, 5));
      looks.under--;
      if (state.fails) throw state.fails();
    },
    { info: write, warn: write, error: write },
  );
  return { reach, looks, state, lines };
}

const later = () => performance.now() + 1;

test("once the database is found away everybody is refused at once, one probe at a time looks for it, and it is back", async () => {
  const { reach, looks, state, lines } = awayDatabase();
  reach.require();
  const heard = vi.fn();
  reach.onAway(heard);
  for (let n = 0; n < 10; n++) reach.notConnected(refused(), later());
  expect(heard).toHaveBeenCalledTimes(1);
  expect(() => {
    reach.require();
  }).toThrow("can't be reached");
  await eventually(() => {
    reach.doubt();
    expect(looks.all).toBeGreaterThan(2);
  });
  expect(looks.most).toBe(1);
  expect(reach.isAway).toBe(true);
  state.fails = null;
  await eventually(() => {
    reach.require();
  });
  expect(lines).toHaveLength(2);
  reach.close();
});

test("who waits for their turn when the database is found away is refused then, and their work is not done", async () => {
  const { reach } = awayDatabase();
  const queue = turns();
  let end: () => void = () => undefined;
  const first = reach.inTurn(queue, () => new Promise<void>((resolve) => (end = resolve)));
  const work = vi.fn(() => Promise.resolve());
  const second = reach.inTurn(queue, work);
  await Promise.resolve();
  reach.notConnected(refused(), later());
  await expect(second).rejects.toThrow("can't be reached");
  await expect(reach.inTurn(queue, work)).rejects.toThrow("can't be reached");
  end();
  await first;
  await queue.settled();
  expect(work).not.toHaveBeenCalled();
  reach.close();
});

test("what does not connect while the database answers others, or for another reason, is nobody else's outage", async () => {
  const { reach, looks, state } = awayDatabase();
  state.fails = wrongPassword;
  const since = performance.now() - 1;
  reach.answered();
  reach.notConnected(refused(), since);
  expect(reach.isAway).toBe(false);
  await eventually(() => {
    expect([looks.all, looks.under]).toEqual([1, 0]);
  });
  reach.notConnected(wrongPassword(), later());
  await eventually(() => {
    expect([looks.all, looks.under]).toEqual([2, 0]);
  });
  expect(reach.isAway).toBe(false);
});

test("a probe that comes through to nobody while others are answered says nothing of the database", async () => {
  const { reach, looks } = awayDatabase();
  await new Promise((resolve) => setTimeout(resolve, 2));
  reach.doubt();
  await new Promise((resolve) => setTimeout(resolve, 1));
  reach.answered();
  await eventually(() => {
    expect([looks.all, looks.under]).toEqual([1, 0]);
  });
  expect(reach.isAway).toBe(false);
});

test("where a probe finds nobody who answers, the database is away; of many doubts one is looked into", async () => {
  const { reach, looks } = awayDatabase();
  await new Promise((resolve) => setTimeout(resolve, 2));
  for (let n = 0; n < 10; n++) reach.doubt();
  await eventually(() => {
    expect(reach.isAway).toBe(true);
  });
  expect(looks.most).toBe(1);
  reach.close();
});
