import { describe, expect, test, vi } from "vitest";
import { LIMITS } from "../../lib/limits";
import {
  asPerson,
  eventsOf,
  mustCreateUser,
  startCoffer,
  NO_LIMITS,
  recordText,
  type Coffer,
} from "../support/coffer";
import { TEST_ADMIN } from "../support/keys";
import { expectProblem } from "../support/problem";

const hashing = vi.hoisted(() => ({ count: 0 }));

vi.mock("@node-rs/argon2", async (importOriginal) => {
  const argon2 = await importOriginal<typeof import("@node-rs/argon2")>();
  const verify: typeof argon2.verify = (...given) => {
    hashing.count += 1;
    return argon2.verify(...given);
  };
  return { ...argon2, verify };
});

const DAY_MS = 24 * 60 * 60 * 1000;
const HOME = "192.0.2.1";
const ELSEWHERE = "198.51.100.7";

interface Outcome {
  code: string;
  message?: string;
  details?: { retryAfterSeconds?: number };
}

let requests = 0;

/** One attempt to sign in: `ok`, or what it was refused with. */
async function attempt(
  { vault }: Coffer,
  address: string,
  email: string,
  password: string,
): Promise<Outcome> {
  const requestId = `attempt-${String(++requests)}`;
  try {
    await vault.people.signIn({ address, userAgent: "", requestId }, email, password);
    return { code: "ok" };
  } catch (error) {
    const { code, message, details } = error as Required<Outcome>;
    return { code, message, details };
  }
}

const right = (coffer: Coffer, address: string, email: string = TEST_ADMIN.email) =>
  attempt(coffer, address, email, TEST_ADMIN.password);

/** Wrong passwords, from as many addresses, until the account has to wait. The codes, in order. */
async function guess(coffer: Coffer, email: string, addressOf: (n: number) => string) {
  const codes: string[] = [];
  while (codes.at(-1) !== "too_many_attempts" && codes.length < 40) {
    codes.push((await attempt(coffer, addressOf(codes.length), email, "a wrong guess")).code);
  }
  return codes;
}

const FIVE_FREE = [...Array<string>(5).fill("sign_in_failed"), "too_many_attempts"];
const anywhere = (n: number) => `203.0.113.${String(n)}`;

/** Attempts are limited as they are in use; nothing else is. */
const start = () => startCoffer({ limits: { ...NO_LIMITS, backoffs: LIMITS.backoffs } });

describe("guessing at a password", () => {
  test("has to wait after a few wrong ones, alike for an account that does not exist", async () => {
    const coffer = await start();
    expect(await guess(coffer, TEST_ADMIN.email, anywhere)).toEqual(FIVE_FREE);
    expect(await guess(coffer, "nobody@example.com", anywhere)).toEqual(FIVE_FREE);
    const refused = await attempt(coffer, HOME, TEST_ADMIN.email, "x");
    expect(refused).toEqual(await attempt(coffer, HOME, " NOBODY@example.com", "x"));
    expect(refused.details).toEqual({ retryAfterSeconds: 1 });
    coffer.clock.advance(1000);
    expect((await right(coffer, HOME, " Admin@EXAMPLE.com ")).code).toBe("ok");
  });

  test("is refused while it waits, also with the right password, which is then not looked at", async () => {
    const coffer = await start();
    const before = hashing.count;
    await guess(coffer, TEST_ADMIN.email, anywhere);
    expect(hashing.count).toBe(before + 5);
    for (let i = 0; i < 30; i++) {
      expect(await right(coffer, HOME)).toMatchObject({
        code: "too_many_attempts",
        details: { retryAfterSeconds: 1 }, // what is refused counts nothing
      });
    }
    expect(hashing.count).toBe(before + 5);
    const { db } = await coffer.database();
    expect(await db.session.count()).toBe(0);
  });

  test("waits longer each time, up to a quarter of an hour, and a success ends that", async () => {
    const coffer = await start();
    await guess(coffer, TEST_ADMIN.email, anywhere);
    const waits: number[] = [];
    for (let i = 0; i < 13; i++) {
      const { details } = await attempt(coffer, anywhere(i), TEST_ADMIN.email, "x");
      const seconds = details?.retryAfterSeconds ?? 0;
      waits.push(seconds);
      coffer.clock.advance(seconds * 1000);
      await attempt(coffer, anywhere(i), TEST_ADMIN.email, "x");
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
    coffer.clock.advance(900_000);
    expect((await right(coffer, HOME)).code).toBe("ok");
    expect(await guess(coffer, TEST_ADMIN.email, anywhere)).toEqual(FIVE_FREE);
  });

  test("at many accounts is held up by address: an IPv4 address, or all of an IPv6 network", async () => {
    const coffer = await start();
    const codes = async (addressOf: (n: number) => string) => {
      const list: string[] = [];
      for (let n = 0; n < 21; n++) {
        list.push(
          (await attempt(coffer, addressOf(n), `person-${String(n)}@example.com`, "x")).code,
        );
      }
      return list;
    };
    const twentyFree = [...Array<string>(20).fill("sign_in_failed"), "too_many_attempts"];
    expect(await codes(() => ELSEWHERE)).toEqual(twentyFree);
    expect(await codes((n) => `2001:db8:0:1::${n.toString(16)}`)).toEqual(twentyFree);
    const others = await attempt(coffer, "2001:db8:0:2::1", "one-more@example.com", "x");
    expect(others.code).toBe("sign_in_failed");
  });

  test("at once gets as many guesses as one after the other", async () => {
    const coffer = await start();
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        attempt(coffer, anywhere(n), TEST_ADMIN.email, "a wrong guess"),
      ),
    );
    expect(all.filter(({ code }) => code === "sign_in_failed")).toHaveLength(5);
  });

  test("is on record: every wrong one, and that there were too many, once a minute from each address", async () => {
    const coffer = await start();
    await guess(coffer, TEST_ADMIN.email, () => ELSEWHERE);
    for (let i = 0; i < 20; i++) await attempt(coffer, ELSEWHERE, TEST_ADMIN.email, "x");
    await attempt(coffer, HOME, TEST_ADMIN.email, "x");
    const { db } = await coffer.database();
    const where = { action: "sign_in", target: TEST_ADMIN.email };
    const rows = await db.auditEvent.findMany({ where, orderBy: { seq: "asc" } });
    expect(rows.map(({ outcome, code, address }) => [outcome, code, address])).toEqual([
      ...Array<string[]>(5).fill(["denied", "sign_in_failed", ELSEWHERE]),
      ["denied", "too_many_attempts", ELSEWHERE],
      ["denied", "too_many_attempts", HOME],
    ]);
    expect(await recordText(coffer)).not.toContain("a wrong guess");
  });
});

describe("somebody else's wrong guesses", () => {
  test("do not keep a person out at an address where they have signed in within thirty days", async () => {
    const coffer = await start();
    expect((await right(coffer, HOME)).code).toBe("ok");
    for (let round = 0; round < 12; round++) {
      coffer.clock.advance(900_000);
      await guess(coffer, TEST_ADMIN.email, anywhere); // a network of machines that never stops
      expect((await right(coffer, HOME)).code).toBe("ok");
      expect((await right(coffer, ELSEWHERE)).code).toBe("too_many_attempts");
    }
    coffer.clock.advance(30 * DAY_MS + 1);
    await guess(coffer, TEST_ADMIN.email, anywhere);
    expect((await right(coffer, HOME)).code).toBe("too_many_attempts"); // known no more
  });

  test("at other accounts do not keep a person out at an address where they have signed in", async () => {
    const coffer = await start();
    await right(coffer, HOME);
    for (let n = 0; n < 30; n++)
      await attempt(coffer, HOME, `person-${String(n)}@example.com`, "x");
    expect((await right(coffer, HOME)).code).toBe("ok");
    const { email } = await mustCreateUser(coffer, "viewer");
    expect((await right(coffer, HOME, email)).code).toBe("too_many_attempts");
  });

  test("from that very address do, for minutes; from another address they can sign in meanwhile", async () => {
    const coffer = await start();
    await right(coffer, HOME);
    expect(await guess(coffer, TEST_ADMIN.email, () => HOME)).toEqual(FIVE_FREE);
    expect((await right(coffer, HOME)).code).toBe("too_many_attempts");
    expect((await right(coffer, ELSEWHERE)).code).toBe("ok");
    coffer.clock.advance(900_000);
    expect((await right(coffer, HOME)).code).toBe("ok");
  });

  test("are not made up for by signing in to an account of one's own in between", async () => {
    const coffer = await start();
    const { email } = await mustCreateUser(coffer, "viewer");
    await right(coffer, ELSEWHERE, email);
    for (let n = 0; n < 30; n++) {
      await attempt(coffer, ELSEWHERE, `person-${String(n % 10)}@example.com`, "x");
      await right(coffer, ELSEWHERE, email); // a success of one's own in between
    }
    expect((await right(coffer, ELSEWHERE, "one-more@example.com")).code).toBe("too_many_attempts");
  });
});

describe("guessing at one's present password from a stolen session", () => {
  test("has to wait, with Retry-After and on record, while another session goes on", async () => {
    const coffer = await start();
    const { email } = await mustCreateUser(coffer, "editor");
    const [thief, owner] = [await asPerson(coffer, email), await asPerson(coffer, email)];
    const change = (client: typeof thief, current: string) =>
      client.post("/api/v1/account/password", { current, password: "seven plain wooden chairs" });
    for (let i = 0; i < 5; i++) expectProblem(await change(thief, "x"), 403, "wrong_password");
    const answer = await change(thief, TEST_ADMIN.password);
    expectProblem(answer, 429, "too_many_attempts", ["retryAfterSeconds"]);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { action: "account.password", target: email, outcome: "denied", code: "too_many_attempts" },
    ]);
    expect((await thief.get("/api/v1/whoami")).status).toBe(200);
    expect((await change(owner, TEST_ADMIN.password)).status).toBe(204);
  });
});
