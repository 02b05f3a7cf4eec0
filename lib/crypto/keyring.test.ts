import { readFileSync } from "node:fs";
import { format, inspect } from "node:util";
import fc from "fast-check";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { CofferError } from "../errors";
import { sealedLength } from "./envelope";
import { deriveKek, type Kek } from "./kek";
import { createKeyring, openKeyring, unlockKeyring, type Keyring } from "./keyring";
import { saltOf, type KeyringRecord } from "./keyring-record";

// Stretching a key takes half a second of an idle core, and more of a busy one.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

interface KnownKeyring {
  masterKey: string;
  record: KeyringRecord;
  inputs: { kek: string; rootKey: string; dataKeys: string[] };
}

const MASTER_KEY = "a master key for tests";
const place = { environmentId: "env", nameKey: "api_key", secretId: "sec", version: 1 };

let record: KeyringRecord;
let keyring: Keyring;
let newKek: Kek;
let oldKek: Kek;

beforeAll(async () => {
  ({ record, keyring } = await createKeyring(MASTER_KEY));
  oldKek = await deriveKek(MASTER_KEY, record.id, saltOf(record));
  newKek = await deriveKek("the next master key for tests", record.id, saltOf(record));
});

function caught(act: () => unknown): CofferError {
  try {
    act();
  } catch (error) {
    return error as CofferError;
  }
  throw new Error("Nothing was thrown.");
}

describe("a new keyring", () => {
  it("has a root key and data key 1, and opens again with its master key", async () => {
    expect(record.wrapped.map((wrap) => wrap.keyId)).toEqual([0, 1]);
    const reopened = await openKeyring(record, MASTER_KEY);
    expect(reopened).toMatchObject({ id: record.id, newestKeyId: 1 });
    expect(reopened.open(place, keyring.seal(place, "value")).toString()).toBe("value");
    expect(reopened.derive("audit")).toEqual(keyring.derive("audit"));
  });

  it("shares nothing with another keyring of the same master key", async () => {
    const other = await createKeyring(MASTER_KEY);
    expect(other.record.id).not.toBe(record.id);
    expect(other.record.salt).not.toBe(record.salt);
    expect(other.keyring.fingerprint).not.toBe(keyring.fingerprint);
    expect(caught(() => other.keyring.open(place, keyring.seal(place, "value"))).code).toBe(
      "unreadable",
    );
  });

  it("stores nothing of its master key", () => {
    expect(JSON.stringify(record)).not.toContain(MASTER_KEY);
  });
});

describe("sealing", () => {
  it("keeps every byte, and its text tells the length", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const sealed = keyring.seal(place, bytes);
        expect(keyring.open(place, sealed).equals(bytes)).toBe(true);
        expect(sealedLength(sealed)).toBe(bytes.length);
      }),
    );
  });

  it("seals the largest value", () => {
    const largest = "é".repeat(32 * 1024);
    const sealed = keyring.seal(place, largest);
    expect(keyring.open(place, sealed).toString()).toBe(largest);
    expect(sealedLength(sealed)).toBe(64 * 1024);
  });

  it("never gives the same nonce twice", () => {
    const nonces = Array.from({ length: 2_000 }, () => keyring.seal(place, "v").split(".")[2]);
    expect(new Set(nonces).size).toBe(2_000);
  });

  it("refuses text that has no UTF-8 instead of changing it", () => {
    const error = caught(() => keyring.seal(place, "half \ud800 a character"));
    expect(error.code).toBe("invalid_value");
    expect(error.message).not.toContain("half");
  });

  it("refuses a place with an id that is missing", () => {
    expect(() => keyring.seal({ ...place, secretId: "" }, "value")).toThrow(TypeError);
  });
});

describe("opening", () => {
  it("refuses a text with any one character changed", () => {
    const sealed = keyring.seal(place, "value");
    const characters = fc.constantFrom(...Array.from("ABab01-_.= "));
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), characters, (at, character) => {
        fc.pre(sealed.charAt(at) !== character);
        const changed = sealed.slice(0, at) + character + sealed.slice(at + 1);
        expect(caught(() => keyring.open(place, changed)).code).toBe("unreadable");
      }),
      { numRuns: 1_000 },
    );
  });

  it("says which secret, version and key, and nothing of the content", () => {
    const sealed = keyring.seal(place, "the value");
    const error = caught(() => keyring.open({ ...place, version: 2 }, sealed));
    const shown = inspect(error, { depth: Infinity }) + JSON.stringify(error);
    expect(error.message).toContain('"api_key" (version 2, data key 1)');
    expect(shown).not.toContain("the value");
    expect(shown).not.toContain(sealed.split(".")[3]);
  });
});

describe("a purpose key", () => {
  it("is 32 bytes, and another for every purpose", () => {
    const purposes = ["audit", "checkpoint", "session", "row-mac", "tag", "email-hash"] as const;
    const keys = purposes.map((purpose) => keyring.derive(purpose));
    expect(keys.every((key) => key.length === 32)).toBe(true);
    expect(new Set(keys.map((key) => key.toString("hex"))).size).toBe(purposes.length);
  });

  it("is a copy: whoever overwrites theirs does not change the next", () => {
    const before = keyring.derive("tag").toString("hex");
    keyring.derive("tag").fill(0);
    expect(keyring.derive("tag").toString("hex")).toBe(before);
  });
});

describe("the wrong master key", () => {
  it("is refused with the fingerprint that is needed and the one that was given", () => {
    const error = caught(() => unlockKeyring(record, newKek));
    expect(error.code).toBe("wrong_key");
    expect(error.message).toContain(`Needed: the key with fingerprint ${keyring.fingerprint}.`);
    expect(error.message).toContain(`Given: ${newKek.fingerprint}.`);
  });

  it("is told from a right key whose wrap was changed, and that names the key", () => {
    const wrapped = record.wrapped.map((wrap) => ({ ...wrap }));
    const [root, data] = wrapped;
    if (root === undefined || data === undefined) throw new Error("Two wraps were expected.");
    data.wrapped = root.wrapped;
    const error = caught(() => unlockKeyring({ ...record, wrapped }, oldKek));
    expect(error.code).toBe("wrong_key");
    expect(error.message).toContain("is the right one, but the wrapped data key 1");
    expect(error.details).toMatchObject({ reason: "not_authentic", keyId: 1 });
  });

  it("never puts text from the database into a message", () => {
    const planted = { keyId: 0, kekFingerprint: "call 555-0100", wrapped: "" };
    const error = caught(() => unlockKeyring({ ...record, wrapped: [planted] }, oldKek));
    expect(error.code).toBe("unreadable");
    expect(error.message).not.toContain("555");
  });
});

describe("a rekey", () => {
  it("lets either master key open the same keyring, and changes no purpose key", () => {
    const both = { ...record, wrapped: [...record.wrapped, ...keyring.wrapUnder(newKek)] };
    const sealed = keyring.seal(place, "value");
    for (const kek of [oldKek, newKek]) {
      const opened = unlockKeyring(both, kek);
      expect(opened.fingerprint).toBe(kek.fingerprint);
      expect(opened.open(place, sealed).toString()).toBe("value");
      expect(opened.derive("row-mac")).toEqual(keyring.derive("row-mac"));
    }
  });

  it("that is unfinished is refused for the new key, naming the one that opens everything", () => {
    const [rootWrap] = keyring.wrapUnder(newKek);
    if (rootWrap === undefined) throw new Error("A wrap was expected.");
    const half = { ...record, wrapped: [...record.wrapped, rootWrap] };
    const error = caught(() => unlockKeyring(half, newKek));
    expect(error.code).toBe("wrong_key");
    expect(error.details).toMatchObject({ reason: "incomplete", needed: [oldKek.fingerprint] });
  });
});

describe("printing", () => {
  /** The first eight bytes of a key as any printer might write them. */
  function spellings(key: Buffer): string[] {
    const start = key.subarray(0, 8);
    const pairs = [...start].map((byte) => byte.toString(16).padStart(2, "0"));
    return [pairs.join(""), pairs.join(" "), start.join(","), start.join(", ")].concat(
      key.toString("base64").slice(0, 10),
      key.toString("base64url").slice(0, 10),
    );
  }

  it("a KEK or a keyring shows no byte of any key", async () => {
    const file = new URL("../../tests/vectors/crypto/keyring-good.json", import.meta.url);
    const known = JSON.parse(readFileSync(file, "utf8")) as KnownKeyring;
    const kek = await deriveKek(known.masterKey, known.record.id, saltOf(known.record));
    const opened = unlockKeyring(known.record, kek);
    const { inputs } = known;
    const keys = [inputs.kek, inputs.rootKey, ...inputs.dataKeys].map((key) =>
      Buffer.from(key, "hex"),
    );
    const options = { showHidden: true, depth: Infinity, maxArrayLength: null, getters: true };
    const shown = [kek, opened]
      .flatMap((holder) => [
        inspect(holder, options),
        format("%o %O %j %s", holder, holder, holder, holder),
        JSON.stringify(holder),
        JSON.stringify(Object.getOwnPropertyDescriptors(holder)),
      ])
      .join("\n");
    expect(shown).toContain(kek.fingerprint);
    for (const spelling of keys.flatMap(spellings)) expect(shown).not.toContain(spelling);
    expect(Object.keys(kek)).toEqual(["keyringId", "fingerprint"]);
    expect(Object.keys(opened)).toEqual(["id"]);
  });
});
