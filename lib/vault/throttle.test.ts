import { beforeEach, describe, expect, it } from "vitest";
import { CofferError } from "../errors";
import { LIMITS } from "../limits";
import { Throttle, type Bucket } from "./throttle";

const MINUTE_MS = 60_000;
const account: Bucket = { kind: "account", id: "a" };
const address: Bucket = { kind: "address", id: "1.2.3.4" };
const other: Bucket = { kind: "account", id: "b" };

let now: number;
let throttle: Throttle;

beforeEach(() => {
  now = 1_000_000;
  throttle = new Throttle(LIMITS.backoffs, () => new Date(now), 3);
});

/** Seconds that the next attempt has to wait. It is not made where there are none. */
function waitOf(...buckets: Bucket[]): number {
  try {
    throttle.attempt(buckets);
    throttle.undone(buckets);
    return 0;
  } catch (error) {
    return Number((error as CofferError).details?.["retryAfterSeconds"]);
  }
}

/** As many failures as are asked for, each after the wait that it takes. */
function failTimes(times: number, ...buckets: Bucket[]): void {
  for (let i = 0; i < times; i++) {
    now += waitOf(...buckets) * 1000;
    throttle.attempt(buckets);
  }
}

describe("failures", () => {
  it("cost nothing at first, then a second, then twice as long each time, and never more than minutes", () => {
    const waits: number[] = [];
    for (let i = 0; i < 20; i++) {
      failTimes(1, account);
      waits.push(waitOf(account));
    }
    expect(waits.slice(0, 10)).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32]);
    expect(waits.slice(-3)).toEqual([900, 900, 900]);
  });

  it("say how long to wait, to the second, and are over at that very moment", () => {
    failTimes(8, account);
    expect(() => {
      throttle.attempt([account]);
    }).toThrow(
      expect.objectContaining({
        code: "too_many_attempts",
        message: expect.stringContaining("8 seconds") as string,
        details: { retryAfterSeconds: 8 },
      }),
    );
    now += 7_001;
    expect(waitOf(account)).toBe(1);
    now += 998;
    expect(waitOf(account)).toBe(1);
    now += 1;
    expect(waitOf(account)).toBe(0);
  });

  it("are not counted while waiting, in any bucket", () => {
    failTimes(6, account);
    for (let i = 0; i < 1_000; i++) expect(waitOf(account, address)).toBe(2);
    expect(waitOf(address)).toBe(0);
    now += 2_000;
    expect(waitOf(account, address)).toBe(0);
  });

  it("hold up who shares a bucket, and nobody else", () => {
    failTimes(6, account, address);
    expect(waitOf(account, { kind: "address", id: "9.9.9.9" })).toBe(2);
    expect(waitOf(other, address)).toBe(0);
    failTimes(20, address);
    expect(waitOf(other, address)).toBeGreaterThan(0);
  });

  it("are forgotten by a success, but what is counted by address only loses that attempt", () => {
    failTimes(4, account, address);
    throttle.attempt([account, address]);
    throttle.succeeded([account, address]);
    failTimes(4, account);
    expect(waitOf(account)).toBe(0);
    failTimes(16, address);
    expect(waitOf(address)).toBe(1);
    for (let i = 0; i < 5; i++) {
      now += 1_000;
      throttle.attempt([other, address]);
      throttle.succeeded([other, address]); // with an account of one's own
    }
    failTimes(1, address);
    expect(waitOf(address)).toBe(2);
  });

  it("are forgotten after a day without one, and not before", () => {
    failTimes(12, account);
    now += 24 * 60 * MINUTE_MS - 1;
    failTimes(1, account);
    expect(waitOf(account)).toBe(256);
    now += 24 * 60 * MINUTE_MS;
    failTimes(4, account);
    expect(waitOf(account)).toBe(0);
  });

  it("are forgotten in time also where others sign in from the same address all the while", () => {
    failTimes(24, address);
    for (let minutes = 0; minutes < 60; minutes += 10) {
      now += 10 * MINUTE_MS;
      throttle.attempt([address]);
      throttle.succeeded([address]);
    }
    failTimes(19, address);
    expect(waitOf(address)).toBe(0);
  });

  it("do not wait longer because the clock is put back", () => {
    failTimes(8, account);
    now -= 365 * 24 * 60 * MINUTE_MS;
    expect(waitOf(account)).toBe(8);
    now += 8_000;
    expect(waitOf(account)).toBe(0);
  });
});

describe("attempts at the same time", () => {
  it("get no further than as many in a row", async () => {
    let tried = 0;
    const attempts = Array.from({ length: 100 }, () =>
      throttle.during([account], async () => {
        tried += 1;
        await Promise.resolve();
        throw new CofferError("sign_in_failed", "no");
      }),
    );
    const codes = (await Promise.allSettled(attempts)).map(
      (result) => (result as { reason: CofferError }).reason.code,
    );
    expect(tried).toBe(5);
    expect(codes.filter((code) => code === "too_many_attempts")).toHaveLength(95);
  });

  it("count nothing when they fail for a reason of Coffer's own", async () => {
    for (let i = 0; i < 20; i++) {
      const work = () => Promise.reject(new CofferError("unavailable", "no"));
      await expect(throttle.during([account, address], work)).rejects.toThrow("no");
    }
    expect(waitOf(account, address)).toBe(0);
  });
});

describe("the memory", () => {
  it("has an end, and forgets first who failed least, so that a flood does not free who is waiting", () => {
    failTimes(12, account);
    for (let i = 0; i < 1_000; i++) {
      throttle.attempt([{ kind: "account", id: `flood ${String(i)}` }]);
    }
    expect(waitOf(account)).toBe(128);
    failTimes(13, { kind: "account", id: "x" });
    failTimes(13, { kind: "account", id: "y" });
    failTimes(13, { kind: "account", id: "z" }); // the price: as many failures in as many buckets
    expect(waitOf(account)).toBe(0);
  });
});
