import { createSecretKey } from "node:crypto";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { deriveKek, type Kek } from "./kek";

// Stretching a key takes half a second of an idle core, and more of a busy one.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const ID = "AAAAAAAAAAAAAAAAAAAAAA";
const OTHER_ID = "AAAAAAAAAAAAAAAAAAAAAQ";
const salt = new Uint8Array(32);
const key = createSecretKey(Buffer.alloc(32, 7));
let kek: Kek;
let sameForOtherKeyring: Kek;

beforeAll(async () => {
  kek = await deriveKek("0123456789abcdef", ID, salt);
  sameForOtherKeyring = await deriveKek("0123456789abcdef", OTHER_ID, salt);
});

describe("a master key", () => {
  it.each(["", "0123456789abcde", "é".repeat(15), "\u{1f511}".repeat(15)])(
    "of fewer than 16 characters is refused, however many bytes it has: %j",
    async (short) => {
      await expect(deriveKek(short, ID, salt)).rejects.toMatchObject({ code: "wrong_key" });
    },
  );

  it("that was not UTF-8 is refused, not shortened to what could be read of it", async () => {
    const binary = Buffer.from("8a52bf018c3c2dfdb71f88addcf2da0c9733bbd4830cfc1a", "hex");
    const asRead = binary.toString("utf8");
    for (const key of [asRead, "0123456789abcdef\ud800"]) {
      await expect(deriveKek(key, ID, salt)).rejects.toMatchObject({
        code: "wrong_key",
        details: { reason: "not_text" },
      });
    }
  });

  it("is not repeated in the message that refuses it", async () => {
    const error: unknown = await deriveKek("hunter2", ID, salt).catch((e: unknown) => e);
    expect(String(error)).not.toContain("hunter2");
  });

  it("has a fingerprint of four groups of hex digits", () => {
    expect(kek.fingerprint).toMatch(/^[0-9a-f]{4}(-[0-9a-f]{4}){3}$/);
  });

  it("has another KEK and fingerprint for another keyring, even with the same salt", () => {
    expect(sameForOtherKeyring.fingerprint).not.toBe(kek.fingerprint);
  });
});

describe("a wrapped key", () => {
  it("opens to the same key, and two wraps of it look nothing alike", () => {
    const one = kek.wrap(1, key);
    const two = kek.wrap(1, key);
    expect(one.wrapped).not.toBe(two.wrapped);
    const unwrapped = kek.unwrap(one);
    if (typeof unwrapped === "string") throw new Error(unwrapped);
    expect(unwrapped.equals(key)).toBe(true);
  });

  it("does not open under another key id or by another KEK, whatever its labels say", () => {
    const wrap = kek.wrap(1, key);
    expect(kek.unwrap({ ...wrap, keyId: 2 })).toBe("not_authentic");
    expect(sameForOtherKeyring.unwrap(wrap)).toBe("not_authentic");
  });
});

it("a salt of another length is a mistake of the caller", async () => {
  await expect(deriveKek("0123456789abcdef", ID, salt.subarray(1))).rejects.toThrow(RangeError);
});
