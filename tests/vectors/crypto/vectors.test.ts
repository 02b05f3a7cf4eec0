import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { openBackup, sealBackup } from "../../../lib/crypto/backup-stream";
import { parseSealed, sealedLength, valueAad, type Place } from "../../../lib/crypto/envelope";
import { deriveKek, type Kek } from "../../../lib/crypto/kek";
import {
  openKeyring,
  unlockKeyring,
  type Keyring,
  type Purpose,
} from "../../../lib/crypto/keyring";
import { saltOf, type KeyringRecord } from "../../../lib/crypto/keyring-record";
import {
  hashLinkSecret,
  hashToken,
  isToken,
  newLinkSecret,
  newToken,
} from "../../../lib/crypto/token";
import { isCofferError } from "../../../lib/errors";
import { readContent } from "../../../lib/vault/backup-content";
import { makeVectors } from "./generate.mjs";
import { openValue } from "./reference.mjs";

// Stretching a key takes half a second of an idle core, and more of a busy one.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

/** Bytes that the next calls of `randomBytes` return, so that sealing can be compared with the vectors. */
const draws = vi.hoisted((): Buffer[] => []);
/** What was stretched already: many vectors share one passphrase and salt. */
const stretched = vi.hoisted(() => new Map<string, Buffer>());
vi.mock("node:crypto", async (load) => {
  const real = await load<typeof import("node:crypto")>();
  type Done = (error: Error | null, secret: Buffer) => void;
  function scrypt(text: string, salt: Buffer, length: number, cost: object, done: Done): void {
    const what = JSON.stringify([text, salt.toString("hex"), length, cost]);
    const known = stretched.get(what);
    if (known) done(null, Buffer.from(known));
    else {
      real.scrypt(text, salt, length, cost, (error, secret) => {
        if (error === null) stretched.set(what, Buffer.from(secret));
        done(error, secret);
      });
    }
  }
  const randomBytes = (size: number) => draws.shift() ?? real.randomBytes(size);
  return { ...real, randomBytes, scrypt };
});

interface Refused {
  refused: { layer: string; code: string; reason?: string };
}

interface KeyringVector {
  about: string;
  masterKey: string;
  record: KeyringRecord;
  expect:
    Refused | { fingerprint: string; newestKeyId: number; purposeKeys?: Record<Purpose, string> };
  inputs?: { dataKeys: string[] };
}

interface ValueVector {
  about: string;
  place: Place;
  sealed: string;
  expect: Refused | { plaintextBase64: string; plaintextBytes: number };
  inputs?: { keyId: number; dataKey: string; nonce: string; aad: string };
}

interface TokenVector {
  about: string;
  token: string;
  expect: Refused | { hash: string; hint: string };
  inputs?: { secret: string };
}

interface BackupVector {
  about: string;
  passphrase: string;
  /** Base64, or the first and last byte of a range of the good vector of two chunks. */
  parts: (string | [from: number, to: number])[];
  expect: Refused | { bytes: number; sha256: string };
  inputs?: { salt: string };
}

interface ContentVector {
  about: string;
  text: string;
  expect: Refused | { tables: number; rows: number };
}

interface LinkVector {
  about: string;
  expect: { secret: string; hash: string };
  inputs: { secret: string };
}

const here = new URL(".", import.meta.url);
const files = readdirSync(here).filter((file) => file.endsWith(".json"));

function read(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, here), "utf8"));
}

function load<T extends { about: string }>(kind: string): (T & { file: string; title: string })[] {
  const vectors = files
    .filter((file) => file.startsWith(`${kind}-`))
    .map((file) => ({ file, vector: read(file) as T }));
  return vectors.map(({ file, vector }) => ({
    ...vector,
    file,
    title: `${file}: ${vector.about}`,
  }));
}

function refusalOf(act: () => unknown): { code: string; reason: unknown } {
  try {
    act();
  } catch (error) {
    if (isCofferError(error)) return { code: error.code, reason: error.details?.["reason"] };
    throw error;
  }
  throw new Error("Nothing was refused.");
}

const hex = (text: string) => Buffer.from(text, "hex");
const good = read("keyring-good.json") as KeyringVector;
let kek: Kek;
let keyring: Keyring;

beforeAll(async () => {
  kek = await deriveKek(good.masterKey, good.record.id, saltOf(good.record));
  keyring = unlockKeyring(good.record, kek);
});

it("the files are exactly what the generator makes from the specification", () => {
  const onDisk = files.map((file): [string, string] => [
    file,
    readFileSync(new URL(file, here), "utf8"),
  ]);
  expect(Object.fromEntries(onDisk)).toEqual(Object.fromEntries(makeVectors()));
});

describe("keyring", () => {
  /** As `openKeyring` does, but the master key of the good vector is stretched only once in this file. */
  async function open({ masterKey, record }: KeyringVector): Promise<Keyring> {
    const sameKek =
      masterKey === good.masterKey &&
      record.id === good.record.id &&
      record.salt === good.record.salt &&
      record.kdf === good.record.kdf;
    return sameKek ? unlockKeyring(record, kek) : openKeyring(record, masterKey);
  }

  it.each(load<KeyringVector>("keyring"))("$title", async (vector) => {
    const { expect: expected } = vector;
    const outcome = await open(vector).catch((error: unknown) => error);
    if ("refused" in expected) {
      const refusal = refusalOf(() => {
        throw outcome;
      });
      const { code, reason } = expected.refused;
      expect(refusal).toEqual({ code, reason });
    } else {
      const { purposeKeys, ...fields } = expected;
      expect(outcome).toMatchObject(fields);
      expect(purposeKeysOf(outcome as Keyring)).toEqual(purposeKeys ?? purposeKeysOf(keyring));
    }
  });

  function purposeKeysOf(opened: Keyring): Record<Purpose, string> {
    const of = (purpose: Purpose) => opened.derive(purpose).toString("hex");
    return {
      audit: of("audit"),
      checkpoint: of("checkpoint"),
      session: of("session"),
      "row-mac": of("row-mac"),
      tag: of("tag"),
      "email-hash": of("email-hash"),
      "second-factor": of("second-factor"),
      "recovery-code": of("recovery-code"),
      "record-cursor": of("record-cursor"),
    };
  }
});

describe("value", () => {
  const layers: Record<string, string> = {
    unknown_format: "parse",
    malformed: "parse",
    unknown_key: "key",
    not_authentic: "open",
  };

  it.each(load<ValueVector>("value"))("$title", ({ place, sealed, expect: expected, inputs }) => {
    if ("refused" in expected) {
      const { layer, code, reason } = expected.refused;
      expect(refusalOf(() => keyring.open(place, sealed))).toEqual({ code, reason });
      expect(layers[reason ?? ""]).toBe(layer);
      expect(typeof parseSealed(sealed) === "string").toBe(layer === "parse");
      return;
    }
    const plaintext = Buffer.from(expected.plaintextBase64, "base64");
    expect(keyring.open(place, sealed)).toEqual(plaintext);
    expect(sealedLength(sealed)).toBe(expected.plaintextBytes);
    if (inputs === undefined) throw new Error("A good vector says what it was made of.");
    expect(valueAad(place, inputs.keyId).toString("hex")).toBe(inputs.aad);
    if (inputs.keyId !== keyring.newestKeyId) return;
    draws.push(hex(inputs.nonce));
    expect(keyring.seal(place, plaintext)).toBe(sealed);
  });

  it("what Coffer seals, the second implementation opens", () => {
    const place = { environmentId: "e", nameKey: "n", secretId: "s", version: 1 };
    const sealed = keyring.seal(place, "Grüße\n");
    const key = hex(good.inputs?.dataKeys[1] ?? "");
    expect(openValue(place, key, sealed).toString()).toBe("Grüße\n");
  });
});

describe("token", () => {
  it.each(load<TokenVector>("token"))("$title", ({ token, expect: expected, inputs }) => {
    if ("refused" in expected) {
      expect(isToken(token)).toBe(false);
      return;
    }
    expect(isToken(token)).toBe(true);
    expect(hashToken(token)).toBe(expected.hash);
    draws.push(hex(inputs?.secret ?? ""));
    expect(newToken()).toEqual({ token, ...expected });
  });
});

// eslint-disable-next-line @typescript-eslint/require-await -- an iterable as files are
async function* pieces(...all: Buffer[]): AsyncGenerator<Buffer> {
  yield* all;
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of stream) all.push(piece);
  return Buffer.concat(all);
}

/** Code and reason of what `work` is refused with; null where it is not. */
async function refusedBy(
  work: Promise<unknown>,
): Promise<{ code: string; reason: unknown } | null> {
  try {
    await work;
    return null;
  } catch (error) {
    return refusalOf(() => {
      throw error;
    });
  }
}

describe("backup", () => {
  const layers: Record<string, string> = {
    not_a_backup: "header",
    other_version: "header",
    malformed: "header",
    other_passphrase: "mac",
    not_authentic: "chunk",
    cut_off: "end",
  };

  function bytesOf({ parts }: Pick<BackupVector, "parts">): Buffer {
    return Buffer.concat(
      parts.map((part) =>
        typeof part === "string"
          ? Buffer.from(part, "base64")
          : bytesOf(read("backup-good-two-chunks.json") as BackupVector).subarray(...part),
      ),
    );
  }

  it.each(load<BackupVector>("backup"))("$title", async (vector) => {
    const { passphrase, expect: expected, inputs } = vector;
    const file = bytesOf(vector);
    const opening = collect(openBackup(passphrase, pieces(file)));
    if ("refused" in expected) {
      const { layer, code, reason } = expected.refused;
      expect(await refusedBy(opening)).toEqual({ code, reason });
      expect(layers[reason ?? ""]).toBe(layer);
      return;
    }
    const content = await opening;
    expect(content.length).toBe(expected.bytes);
    expect(createHash("sha256").update(content).digest("hex")).toBe(expected.sha256);
    draws.push(hex(inputs?.salt ?? ""));
    expect((await collect(sealBackup(passphrase, pieces(content)))).equals(file)).toBe(true);
  });
});

describe("content", () => {
  it.each(load<ContentVector>("content"))("$title", async ({ text, expect: expected }) => {
    const found = { tables: 0, rows: 0 };
    const reading = (async () => {
      for await (const { kind } of readContent(pieces(Buffer.from(text)))) {
        if (kind !== "head") found[kind === "row" ? "rows" : "tables"]++;
      }
    })();
    if ("refused" in expected) {
      const { layer, code, reason } = expected.refused;
      expect(await refusedBy(reading)).toEqual({ code, reason });
      expect(layer).toBe("content");
      return;
    }
    await reading;
    expect(found).toEqual(expected);
  });
});

describe("link", () => {
  it.each(load<LinkVector>("link"))("$title", ({ expect: expected, inputs }) => {
    expect(hashLinkSecret(expected.secret)).toBe(expected.hash);
    draws.push(hex(inputs.secret));
    expect(newLinkSecret()).toEqual(expected);
  });
});
