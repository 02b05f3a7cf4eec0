import { afterEach, describe, expect, it } from "vitest";
import type { Caller } from "../access/caller";
import type { Happening } from "../audit/event";
import { Repeats } from "./repeats";

const MINUTE_MS = 60_000;
let now = 0;
let written: Happening[] = [];
let isFull = false;
let open: Repeats[] = [];

afterEach(async () => {
  isFull = false;
  for (const repeats of open) await repeats.stop();
  open = [];
});

/** What was told on record, and how many denials were put there themselves. */
function start() {
  written = [];
  const journal = {
    id: "",
    commit: () => Promise.reject(new Error("no change is made here")),
    isWriting: () => !isFull,
    record: (event: Happening) => {
      if (isFull) return Promise.reject(new Error("full"));
      written.push(event);
      return Promise.resolve();
    },
  };
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const repeats = new Repeats(journal, { perMs: MINUTE_MS }, () => new Date(now), log);
  open.push(repeats);
  const deny = (more: Partial<Happening> = {}) => {
    const event = { ...denial(), ...more };
    return repeats.note(event, () => journal.record(event));
  };
  return { repeats, deny };
}

function denial(address = "192.0.2.1"): Happening {
  const caller: Caller = { kind: "nobody", origin: { address, userAgent: "", requestId: "r" } };
  return { caller, action: "secrets.list", target: "KEY", outcome: "denied", code: "forbidden" };
}

const counts = () => written.map(({ repeats }) => repeats);

describe("denials that are alike", () => {
  it("are told each minute as long as they go on, and the first one is itself on record again after that", async () => {
    const { repeats, deny } = start();
    for (let i = 0; i < 3; i++) await deny();
    await repeats.tell();
    expect(counts()).toEqual([undefined]); // the minute is not over
    now += MINUTE_MS;
    await repeats.tell();
    for (let i = 0; i < 5; i++) await deny();
    now += MINUTE_MS;
    await repeats.tell();
    now += MINUTE_MS;
    await repeats.tell();
    await deny();
    expect(counts()).toEqual([undefined, 2, 5, undefined]);
    expect(written[1]).toMatchObject({ names: [["KEY", 0]], target: undefined });
    expect(written[1]?.caller.origin.requestId).toBe("");
  });

  it("are told in the end, and after a clock that went back", async () => {
    const { repeats, deny } = start();
    for (let i = 0; i < 3; i++) await deny();
    now -= 60 * MINUTE_MS;
    await repeats.tell();
    await deny();
    await repeats.stop();
    expect(counts()).toEqual([undefined, 2, 1]);
  });

  it("are kept until they can be written", async () => {
    const { repeats, deny } = start();
    for (let i = 0; i < 3; i++) await deny();
    isFull = true;
    now += MINUTE_MS;
    await repeats.tell();
    await expect(deny()).rejects.toThrow("full"); // not only counted while nothing can be written
    isFull = false;
    await deny({ target: "OTHER" });
    now += MINUTE_MS;
    await repeats.tell();
    expect(counts()).toEqual([undefined, 3]);
    expect(written[1]?.names).toEqual([
      ["KEY", 0],
      ["OTHER", 0],
    ]);
  });

  it("are bounded: callers beyond ten thousand are on record each time", async () => {
    const { deny } = start();
    for (let i = 0; i < 10_000; i++) {
      await deny(denial(`10.${String(i >> 16)}.${String((i >> 8) & 255)}.${String(i & 255)}`));
    }
    for (let i = 0; i < 3; i++) await deny(denial("192.0.2.1"));
    expect(written).toHaveLength(10_003);
  });

  it("of who asks too often are alike whatever they do", async () => {
    const { deny } = start();
    for (const action of ["secrets.list", "whoami", "secrets.resolve"]) {
      await deny({ action, code: "rate_limited" });
      await deny({ action, code: "unauthenticated" });
    }
    expect(written.map(({ code }) => code)).toEqual([
      ...["rate_limited", "unauthenticated", "unauthenticated", "unauthenticated"],
    ]);
  });

  it("are told for each environment, with that one's names", async () => {
    const { repeats, deny } = start();
    for (const environment of ["production", "staging"]) {
      for (let i = 0; i < 3; i++) await deny({ environment, target: `OF_${environment}` });
    }
    await deny({ environment: "production", target: "LAST" });
    now += MINUTE_MS;
    await repeats.tell();
    const told = written.map(({ environment, repeats, names }) => [environment, repeats, names]);
    expect(told).toEqual([
      ["production", undefined, undefined],
      ["staging", undefined, undefined],
      [
        ...["production", 3],
        [
          ["OF_production", 0],
          ["LAST", 0],
        ],
      ],
      ["staging", 2, [["OF_staging", 0]]],
    ]);
  });

  it("of who asks too often are told for each environment, though only one is put on record at once", async () => {
    const { repeats, deny } = start();
    const limited = { ...denial(), code: "rate_limited" };
    await deny({ ...limited, environment: "production" });
    for (const environment of ["production", "staging"]) {
      repeats.countToo({ ...limited, environment });
    }
    now += MINUTE_MS;
    await repeats.tell();
    expect(written.map(({ environment, repeats }) => [environment, repeats])).toEqual([
      ...[["production", undefined] as const, ["production", 1] as const, ["staging", 1] as const],
    ]);
  });

  it("are not told apart by what is no environment, nor by more than twenty", async () => {
    const { repeats, deny } = start();
    for (let i = 0; i < 100; i++) await deny({ environment: `No slug ${String(i)}` });
    expect(written).toHaveLength(1);
    for (let i = 0; i < 100; i++) await deny({ environment: `made-up-${String(i)}` });
    expect(written).toHaveLength(20);
    await deny({ environment: "made-up-18" });
    now += MINUTE_MS;
    await repeats.tell();
    const told = written.slice(20).map(({ environment, repeats }) => [environment, repeats]);
    expect(told).toEqual([
      ["", 99 + 81],
      ["made-up-18", 1],
    ]);
    for (let minute = 0; minute < 2; minute++) {
      now += MINUTE_MS;
      await repeats.tell();
    }
    written = [];
    await deny({ environment: "another" }); // those that have not gone on are forgotten
    expect(written).toHaveLength(1);
  });
});
