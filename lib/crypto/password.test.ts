import * as argon2 from "@node-rs/argon2";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { hashPassword, verifyPassword } from "./password";

// Stretching a key takes half a second of an idle core, and more of a busy one.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

vi.mock("@node-rs/argon2", async (load) => {
  const real = await load<typeof argon2>();
  return { ...real, verify: vi.fn(real.verify) };
});

const PASSWORD = "correct horse battery staple";
let stored: string;

beforeAll(async () => {
  stored = await hashPassword(PASSWORD);
});

it("is kept as Argon2id with at least OWASP's cost, a 16-byte salt and a 32-byte tag", () => {
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
});

it("only the right password verifies", async () => {
  expect(await verifyPassword(stored, PASSWORD)).toBe(true);
  expect(await verifyPassword(stored, `${PASSWORD} `)).toBe(false);
  expect(await verifyPassword(stored, PASSWORD.toUpperCase())).toBe(false);
  expect(await verifyPassword(stored, "")).toBe(false);
});

it("two people with one password have different hashes", async () => {
  expect(await hashPassword(PASSWORD)).not.toBe(stored);
});

it("bytes after a NUL count", async () => {
  const withNul = await hashPassword("same\0one");
  expect(await verifyPassword(withNul, "same\0two")).toBe(false);
});

it("verifies a hash of the reference implementation", async () => {
  // phc-winner-argon2, src/test.c: Argon2id v1.3, "password", "somesalt"
  const published =
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  expect(await verifyPassword(published, "password")).toBe(true);
});

it("the same letters verify however the keyboard composed them", async () => {
  const composed = await hashPassword("caf\u00e9 \uff21\uff22\uff23"); // full-width ABC
  expect(await verifyPassword(composed, "cafe\u0301 ABC")).toBe(true);
  expect(await verifyPassword(composed, "cafe ABC")).toBe(false);
});

describe("an account that does not exist", () => {
  it("never verifies", async () => {
    expect(await verifyPassword(null, PASSWORD)).toBe(false);
    expect(await verifyPassword(null, "")).toBe(false);
  });

  it("does not verify even if the work done for it should match", async () => {
    vi.mocked(argon2.verify).mockResolvedValueOnce(true);
    expect(await verifyPassword(null, PASSWORD)).toBe(false);
  });

  it("costs the same work as one that does, so that the time does not tell", async () => {
    const verify = vi.mocked(argon2.verify).mockClear();
    await verifyPassword(stored, "wrong");
    await verifyPassword(null, "wrong");
    const [known, unknown] = verify.mock.calls.map(([hash]) => argon2.parseOptions(hash));
    expect(known).toBeDefined();
    expect(unknown).toEqual(known);
  });
});

describe("a stored hash that is none of ours", () => {
  it.each(["", "plain", "$argon2id$v=19$m=65536,t=3,p=1$damaged", "$2b$10$abcdefghijklmnopqrstuv"])(
    "is an error, not a wrong password: %j",
    async (damaged) => {
      await expect(verifyPassword(damaged, PASSWORD)).rejects.toMatchObject({ code: "unreadable" });
    },
  );

  it("of a weaker variant is refused even when the password is right", async () => {
    const argon2d =
      "$argon2d$v=19$m=8,t=1,p=1$XiPQgXGLDnUXZfm9a+1JaQ$a/GFbMyzQ9hi+kjquBUg8QSnPlj8ANJ8OHP732c8Wv0";
    expect(await argon2.verify(argon2d, PASSWORD)).toBe(true);
    await expect(verifyPassword(argon2d, PASSWORD)).rejects.toMatchObject({ code: "unreadable" });
  });
});
