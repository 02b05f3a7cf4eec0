/**
 * Makes every vector of this folder, always the same: `node tests/vectors/crypto/generate.mjs` rewrites them. "Random"
 * bytes are the first bytes of SHA-256 of a label, and stand in the files beside what was made of them.
 */
import { createHash } from "node:crypto";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import * as format from "./reference.mjs";

const PURPOSES = [
  "audit",
  "checkpoint",
  "session",
  "row-mac",
  "tag",
  "email-hash",
  "second-factor",
  "recovery-code",
  "record-cursor",
];

/** @param {string} label @param {number} length */
const bytes = (label, length) =>
  createHash("sha256").update(`coffer vector: ${label}`).digest().subarray(0, length);

/** Flips the lowest bit of byte `at` (from the end if negative). @param {Buffer} buffer @param {number} at */
function flip(buffer, at) {
  const flipped = Buffer.from(buffer);
  const index = at < 0 ? flipped.length + at : at;
  flipped[index] = (flipped[index] ?? 0) ^ 1;
  return flipped;
}

/** `text` with one part (between dots) replaced. @param {string} text @param {number} part @param {(part: string) => string} change */
const changePart = (text, part, change) =>
  text
    .split(".")
    .map((value, index) => (index === part ? change(value) : value))
    .join(".");

/** The same of a base64url part's bytes. @param {string} text @param {number} part @param {(bytes: Buffer) => Buffer} change */
const changeBytes = (text, part, change) =>
  changePart(text, part, (value) => format.base64url(change(Buffer.from(value, "base64url"))));

/** @param {string} layer @param {string} code @param {string} [reason] */
const refusal = (layer, code, reason) => ({ refused: { layer, code, ...(reason && { reason }) } });
/** @param {string} reason */
const RECORD = (reason) => refusal("record", "unreadable", reason);
const OTHER_KEY = refusal("fingerprint", "wrong_key", "other_key");
const INCOMPLETE = refusal("fingerprint", "wrong_key", "incomplete");
const WRAP_FORMAT = refusal("parse", "wrong_key", "unknown_format");
const WRAP_PARSE = refusal("parse", "wrong_key", "malformed");
const WRAP_OPEN = refusal("open", "wrong_key", "not_authentic");
const FORMAT = refusal("parse", "unreadable", "unknown_format");
const PARSE = refusal("parse", "unreadable", "malformed");
const KEY = refusal("key", "unreadable", "unknown_key");
const OPEN = refusal("open", "unreadable", "not_authentic");
const SHAPE = { refused: { layer: "shape" } };
const CHECKSUM = { refused: { layer: "checksum" } };

// The e and the accent are two code points: a reader that normalises the master key fails the good vectors.
const masterKey = "cafe\u0301 vector master key";
const salt = bytes("salt", 32);
const keyringId = format.base64url(bytes("keyring id", 16));
const { kek, fingerprint } = format.deriveKek(masterKey, keyringId, salt);
const keys = [bytes("root key", 32), bytes("data key 1", 32), bytes("data key 2", 32)];
const [rootKey, dataKey1, dataKey2] = /** @type {[Buffer, Buffer, Buffer]} */ (keys);
const OTHER_FINGERPRINT = "0123-4567-89ab-cdef";

/** @param {number} keyId @param {{ key?: Buffer, kek?: Buffer, aad?: Buffer, fingerprint?: string }} [other] */
function wrap(keyId, other = {}) {
  const nonce = bytes(`wrap nonce ${keyId}`, 12);
  const kekFingerprint = other.fingerprint ?? fingerprint;
  const aad = other.aad ?? format.wrapAad(keyringId, keyId, kekFingerprint);
  const key = other.key ?? keys[keyId] ?? Buffer.alloc(32);
  const wrapped = `cfk1.${format.box(other.kek ?? kek, nonce, aad, key)}`;
  return { keyId, kekFingerprint, wrapped };
}

const wraps = [wrap(0), wrap(1), wrap(2)];
const [rootWrap, wrap1, wrap2] =
  /** @type {[typeof wraps[0], typeof wraps[0], typeof wraps[0]]} */ (wraps);
const record = {
  id: keyringId,
  salt: format.base64url(salt),
  kdf: "scrypt:131072:8:1",
  wrapped: wraps,
};

/** @param {string} about @param {object} expect @param {Partial<typeof record> & { masterKey?: string }} [change] */
function keyring(about, expect, { masterKey: given = masterKey, ...change } = {}) {
  return { about, kind: "keyring", masterKey: given, record: { ...record, ...change }, expect };
}

/** A keyring vector whose data key 2 is wrapped as `change` says. @param {string} about @param {object} expect @param {object} change */
const wrapVector = (about, expect, change) =>
  keyring(about, expect, { wrapped: [rootWrap, wrap1, { ...wrap2, ...change }] });

function keyringVectors() {
  const hex = (/** @type {Buffer} */ value) => value.toString("hex");
  const opens = { fingerprint, newestKeyId: 2 };
  const purposeKeys = Object.fromEntries(
    PURPOSES.map((purpose) => [purpose, hex(format.purposeKey(rootKey, keyringId, purpose))]),
  );
  const otherWraps = [0, 1, 2].map((keyId) =>
    wrap(keyId, { fingerprint: OTHER_FINGERPRINT, kek: bytes("another kek", 32) }),
  );
  const flipPart = (/** @type {number} */ part, /** @type {number} */ at) => ({
    wrapped: changeBytes(wrap2.wrapped, part, (value) => flip(value, at)),
  });
  return {
    good: {
      ...keyring("Opens with all its keys.", { ...opens, purposeKeys }),
      inputs: {
        kek: hex(kek),
        rootKey: hex(rootKey),
        dataKeys: [hex(dataKey1), hex(dataKey2)],
        wrapNonces: [0, 1, 2].map((keyId) => hex(bytes(`wrap nonce ${keyId}`, 12))),
        rootWrapAad: hex(format.wrapAad(keyringId, 0, fingerprint)),
      },
    },
    "good-rekey": keyring("Every key is wrapped under two master keys; either opens it.", opens, {
      wrapped: [...otherWraps, ...wraps],
    }),
    "short-master-key": keyring(
      "A master key of 15 characters, which are 30 bytes.",
      refusal("master-key", "wrong_key", "too_short"),
      { masterKey: "\u00e9".repeat(15) },
    ),
    "binary-master-key": keyring(
      "A master key in which bytes that are not UTF-8 were replaced by U+FFFD.",
      refusal("master-key", "wrong_key", "not_text"),
      { masterKey: `${masterKey}\ufffd` },
    ),
    "wrong-master-key": keyring("The master key ends in a newline too many.", OTHER_KEY, {
      masterKey: `${masterKey}\n`,
    }),
    "flip-salt": keyring("A bit of the salt is flipped.", OTHER_KEY, {
      salt: format.base64url(flip(salt, 0)),
    }),
    "flip-id": keyring("A bit of the keyring's id is flipped.", OTHER_KEY, {
      id: format.base64url(flip(bytes("keyring id", 16), 0)),
    }),
    "flip-kdf": keyring("A bit of the key derivation is flipped.", RECORD("unknown_kdf"), {
      kdf: "scrypt:131073:8:1",
    }),
    "weak-kdf": keyring("The record asks for a weaker derivation.", RECORD("unknown_kdf"), {
      kdf: "scrypt:2:8:1",
    }),
    "short-salt": keyring("The salt has 31 bytes.", RECORD("bad_salt"), {
      salt: format.base64url(salt.subarray(0, 31)),
    }),
    "salt-not-canonical": keyring(
      "An unused bit of the salt's last character is set.",
      RECORD("bad_salt"),
      {
        salt: setUnusedBit(record.salt),
      },
    ),
    "id-not-canonical": keyring("The id is padded.", RECORD("bad_id"), { id: `${keyringId}==` }),
    "no-root-key": keyring("The root key's wrap is missing.", RECORD("no_root_key"), {
      wrapped: [wrap1, wrap2],
    }),
    "no-data-key": keyring("There is only a root key.", RECORD("no_data_key"), {
      wrapped: [rootWrap],
    }),
    "key-twice": keyring("Data key 1 is there twice under one master key.", RECORD("key_twice"), {
      wrapped: [...wraps, wrap1],
    }),
    "fractional-key-id": wrapVector("A key id is 1.5.", RECORD("bad_label"), { keyId: 1.5 }),
    "key-id-too-big": wrapVector("A key id is 2^31.", RECORD("bad_label"), { keyId: 2 ** 31 }),
    "negative-key-id": wrapVector("A key id is -2.", RECORD("bad_label"), { keyId: -2 }),
    "fingerprint-shape": wrapVector("A fingerprint is in upper case.", RECORD("bad_label"), {
      kekFingerprint: "ABCD-4567-89AB-CDEF",
    }),
    "flip-fingerprint": wrapVector("A bit of data key 2's fingerprint is flipped.", INCOMPLETE, {
      kekFingerprint: flip(Buffer.from(fingerprint), 0).toString(),
    }),
    "rekey-unfinished": keyring(
      "Data key 2 is wrapped under another master key only.",
      INCOMPLETE,
      {
        wrapped: [...otherWraps, rootWrap, wrap1],
      },
    ),
    "wrap-flip-key-id": wrapVector("A bit of a key id is flipped.", WRAP_OPEN, { keyId: 3 }),
    "wrap-flip-format": wrapVector("A bit of a wrap's format is flipped.", WRAP_FORMAT, {
      wrapped: wrap2.wrapped.replace("cfk1", "bfk1"),
    }),
    "wrap-unknown-format": wrapVector("A wrap of a later format.", WRAP_FORMAT, {
      wrapped: wrap2.wrapped.replace("cfk1", "cfk2"),
    }),
    "wrap-flip-nonce": wrapVector("A bit of a wrap's nonce is flipped.", WRAP_OPEN, flipPart(1, 0)),
    "wrap-flip-ciphertext": wrapVector(
      "A bit of a wrapped key is flipped.",
      WRAP_OPEN,
      flipPart(2, 0),
    ),
    "wrap-flip-tag": wrapVector("A bit of a wrap's tag is flipped.", WRAP_OPEN, flipPart(2, -1)),
    "wrap-truncated": wrapVector("A wrap lacks its last byte.", WRAP_PARSE, {
      wrapped: changeBytes(wrap2.wrapped, 2, (value) => value.subarray(0, -1)),
    }),
    "wrap-extra-part": wrapVector("A wrap has a part too many.", WRAP_PARSE, {
      wrapped: `${wrap2.wrapped}.`,
    }),
    "wrap-not-canonical": wrapVector("A wrap's nonce is padded.", WRAP_PARSE, {
      wrapped: changePart(wrap2.wrapped, 1, (value) => `${value}=`),
    }),
    "wrap-short-key": wrapVector("A rightly wrapped key of 31 bytes.", WRAP_PARSE, {
      wrapped: wrap(2, { key: dataKey2.subarray(1) }).wrapped,
    }),
    "wrap-swapped": keyring("The wraps of data keys 1 and 2 have changed places.", WRAP_OPEN, {
      wrapped: [
        rootWrap,
        { ...wrap1, wrapped: wrap2.wrapped },
        { ...wrap2, wrapped: wrap1.wrapped },
      ],
    }),
    "wrap-wrong-kek": wrapVector("A key wrapped by someone without the master key.", WRAP_OPEN, {
      wrapped: wrap(2, { kek: bytes("another kek", 32) }).wrapped,
    }),
    "wrap-other-keyring": wrapVector("A wrap bound to another keyring.", WRAP_OPEN, {
      wrapped: wrap(2, { aad: format.wrapAad("AAAAAAAAAAAAAAAAAAAAAA", 2, fingerprint) }).wrapped,
    }),
    "wrap-other-fingerprint": wrapVector("A wrap bound to another KEK's fingerprint.", WRAP_OPEN, {
      wrapped: wrap(2, { aad: format.wrapAad(keyringId, 2, OTHER_FINGERPRINT) }).wrapped,
    }),
  };
}

/** Sets the lowest bit of the last character, which encodes nothing. @param {string} text */
function setUnusedBit(text) {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return text.slice(0, -1) + (digits[digits.indexOf(text.slice(-1)) + 1] ?? "");
}

const place = {
  environmentId: "env_7Qm2",
  nameKey: "openai_api_key",
  secretId: "sec_k31Z",
  version: 12,
};
const nonce = bytes("value nonce", 12);
const plaintext = Buffer.from("correct horse battery staple");
const sealed = format.sealValue(place, 2, dataKey2, nonce, plaintext);

/** @param {string} about @param {object} expect @param {{ place?: Partial<typeof place>, sealed?: string }} change */
const value = (about, expect, change) => ({
  about,
  kind: "value",
  keyring: "keyring-good.json",
  place: { ...place, ...change.place },
  sealed: change.sealed ?? sealed,
  expect,
});

/** @param {string} about @param {number} keyId @param {Buffer} text */
function goodValue(about, keyId, text) {
  const key = keyId === 1 ? dataKey1 : dataKey2;
  return {
    ...value(
      about,
      { plaintextBase64: text.toString("base64"), plaintextBytes: text.length },
      {
        sealed: format.sealValue(place, keyId, key, nonce, text),
      },
    ),
    inputs: {
      keyId,
      dataKey: key.toString("hex"),
      nonce: nonce.toString("hex"),
      aad: format.valueAad(place, keyId).toString("hex"),
    },
  };
}

function valueVectors() {
  const flipPart = (/** @type {number} */ part, /** @type {number} */ at) => ({
    sealed: changeBytes(sealed, part, (part_) => flip(part_, at)),
  });
  const keyIdText = (/** @type {string} */ text) => ({ sealed: changePart(sealed, 1, () => text) });
  const body = (/** @type {(bytes: Buffer) => Buffer} */ change) => ({
    sealed: changeBytes(sealed, 3, change),
  });
  const bound = (/** @type {string} */ purpose, /** @type {string} */ name, keyId = 2) => {
    const aad = format.fields(purpose, name, ...Object.values(place), keyId);
    return { sealed: `cfv1.2.${format.box(dataKey2, nonce, aad, plaintext)}` };
  };
  return {
    good: goodValue("Opens.", 2, plaintext),
    "good-older-key": goodValue("Sealed under a data key that is not the newest.", 1, plaintext),
    "good-bytes": goodValue(
      "A value is kept byte for byte.",
      2,
      Buffer.from("-----BEGIN é\u0000\r\n\n"),
    ),
    "good-empty": goodValue("No bytes at all, which the format allows.", 2, Buffer.alloc(0)),
    "flip-format": value("A bit of the format is flipped.", FORMAT, {
      sealed: sealed.replace("c", "b"),
    }),
    "flip-key-id": value(
      "A bit of the key id is flipped: 3, which is no key.",
      KEY,
      keyIdText("3"),
    ),
    "flip-nonce": value("A bit of the nonce is flipped.", OPEN, flipPart(2, 0)),
    "flip-ciphertext": value("A bit of the ciphertext is flipped.", OPEN, flipPart(3, 0)),
    "flip-tag": value("A bit of the tag is flipped.", OPEN, flipPart(3, -1)),
    "unknown-format": value("A later format.", FORMAT, { sealed: sealed.replace("cfv1", "cfv2") }),
    "upper-case-format": value("The format in upper case.", FORMAT, {
      sealed: sealed.replace("cfv1", "CFV1"),
    }),
    "empty-text": value("No text at all.", FORMAT, { sealed: "" }),
    lost: value("What stands in place of a value that was lost with its keyring.", FORMAT, {
      sealed: "lost",
    }),
    "wrong-key": value("Sealed under another key of the same id.", OPEN, {
      sealed: format.sealValue(place, 2, bytes("another data key", 32), nonce, plaintext),
    }),
    "wrong-key-id": value("Labelled as sealed under data key 1.", OPEN, keyIdText("1")),
    "wrong-environment": value("Moved to another environment.", OPEN, {
      place: { environmentId: "env_7Qm3" },
    }),
    "wrong-name-key": value("Moved to another name.", OPEN, {
      place: { nameKey: "openai_api_kez" },
    }),
    "wrong-secret-id": value("Moved to another secret.", OPEN, { place: { secretId: "sec_k31z" } }),
    "wrong-version": value("Moved to another version.", OPEN, { place: { version: 11 } }),
    "field-boundary": value("Environment id and name join to the same text.", OPEN, {
      place: { environmentId: "env_7Qm2o", nameKey: "penai_api_key" },
    }),
    "wrong-purpose": value("Sealed for another purpose.", OPEN, bound("coffer/other", "cfv1")),
    "wrong-bound-format": value(
      "Bound to another format than its text says.",
      OPEN,
      bound("coffer/value", "cfv0"),
    ),
    "wrong-bound-key-id": value(
      "Bound to another key id than its text says.",
      OPEN,
      bound("coffer/value", "cfv1", 1),
    ),
    truncated: value(
      "The last three bytes are missing.",
      OPEN,
      body((b) => b.subarray(0, -3)),
    ),
    extended: value(
      "Three bytes too many.",
      OPEN,
      body((b) => Buffer.concat([b, Buffer.alloc(3)])),
    ),
    "truncated-tag": value(
      "The body is shorter than a tag.",
      PARSE,
      body((b) => b.subarray(0, 15)),
    ),
    "truncated-part": value("The body is missing with its dot.", PARSE, {
      sealed: sealed.slice(0, sealed.lastIndexOf(".")),
    }),
    "format-only": value("The format and nothing else.", PARSE, { sealed: "cfv1" }),
    "extra-part": value("A part too many.", PARSE, { sealed: `${sealed}.AA` }),
    "short-nonce": value("A nonce of 11 bytes.", PARSE, {
      sealed: changeBytes(sealed, 2, (b) => b.subarray(1)),
    }),
    "long-nonce": value("A nonce of 16 bytes.", PARSE, {
      sealed: changeBytes(sealed, 2, (b) => Buffer.concat([b, Buffer.alloc(4)])),
    }),
    "unused-bit": value("An unused bit of the last character is set.", PARSE, {
      sealed: setUnusedBit(sealed),
    }),
    padding: value("The body is padded.", PARSE, { sealed: `${sealed}=` }),
    "standard-alphabet": value("Base64 with + and /.", PARSE, {
      sealed: sealed.replaceAll("-", "+").replaceAll("_", "/"),
    }),
    newline: value("A newline at the end.", PARSE, { sealed: `${sealed}\n` }),
    "key-id-zero": value("The root key is not a data key.", PARSE, keyIdText("0")),
    "key-id-leading-zero": value("A second spelling of key id 2.", PARSE, keyIdText("02")),
    "key-id-sign": value("Another spelling of key id 2.", PARSE, keyIdText("+2")),
    "key-id-too-big": value("A key id of 2^31.", PARSE, keyIdText("2147483648")),
  };
}

function tokenVectors() {
  /** @param {string} about @param {string} token @param {object} expect */
  const vector = (about, token, expect) => ({ about, kind: "token", token, expect });
  const good = (/** @type {string} */ about, /** @type {Buffer} */ secret) => {
    const token = format.tokenOf(secret);
    const expect = { hash: format.sha256(token), hint: token.slice(0, 8) };
    return { ...vector(about, token, expect), inputs: { secret: secret.toString("hex") } };
  };
  const secret = bytes("token", 32);
  const token = format.tokenOf(secret);
  const body = token.slice(0, 47);
  return {
    good: good("A token.", secret),
    "good-largest": good("All bits set.", Buffer.alloc(32, 0xff)),
    "good-zeros": good("The number is padded with zeros.", Buffer.alloc(32).fill(1, 31)),
    "good-crc-zeros": good("The checksum is padded with zeros.", smallCrcSecret()),
    "wrong-crc": vector(
      "A checksum of something else.",
      token.slice(0, -1) + (token.endsWith("0") ? "1" : "0"),
      CHECKSUM,
    ),
    "wrong-digit": vector(
      "One digit of the secret mistyped.",
      `${body.slice(0, -1)}${body.endsWith("0") ? "1" : "0"}${token.slice(47)}`,
      CHECKSUM,
    ),
    "too-short": vector(
      "A digit too few, with its own checksum.",
      format.withCrc(body.slice(0, -1)),
      SHAPE,
    ),
    "too-long": vector(
      "A digit too many, with its own checksum.",
      format.withCrc(`${body}0`),
      SHAPE,
    ),
    "wrong-alphabet": vector(
      "A hyphen, with its own checksum.",
      format.withCrc(`${body.slice(0, -1)}-`),
      SHAPE,
    ),
    "wrong-prefix": vector(
      "Another prefix, with its own checksum.",
      format.withCrc(`cfs_${body.slice(4)}`),
      SHAPE,
    ),
    "prefix-case": vector(
      "The prefix in upper case, with its own checksum.",
      format.withCrc(`CFR_${body.slice(4)}`),
      SHAPE,
    ),
    newline: vector("A newline at the end.", `${token}\n`, SHAPE),
    blank: vector("A blank in front.", ` ${token}`, SHAPE),
    empty: vector("No text at all.", "", SHAPE),
  };
}

/** The first secret of a sequence whose checksum needs a leading zero. */
function smallCrcSecret() {
  for (let i = 0; ; i++) {
    const secret = bytes(`token ${i}`, 32);
    if (format.tokenOf(secret)[47] === "0") return secret;
  }
}

function linkVectors() {
  const secret = bytes("link", 32);
  const text = format.base64url(secret);
  const expect = { secret: text, hash: format.sha256(text) };
  return {
    good: {
      about: "A link's secret.",
      kind: "link",
      expect,
      inputs: { secret: secret.toString("hex") },
    },
  };
}

const CHUNK = 65_536;

/** @param {Buffer} value */
const sha256 = (value) => createHash("sha256").update(value).digest();

function backupVectors() {
  // As with the master key: a reader that does not normalise the passphrase fails the good vectors.
  const passphrase = "cafe\u0301 vector passphrase";
  const fileSalt = bytes("backup salt", 32);
  const { header, payload } = format.backupKeys(passphrase, fileSalt);
  const line1 = "coffer-backup 1\n";
  const line2 = `scrypt:131072:8:1 ${format.base64url(fileSalt)}\n`;
  const head = format.backupHeader(header, line1 + line2);
  const content = Buffer.from("the content of a backup");
  const chunk = format.backupChunk(payload, 0, true, content);
  const long = Buffer.alloc(CHUNK + 10, "0123456789abcdef");
  const first = format.backupChunk(payload, 0, false, long.subarray(0, CHUNK));
  const second = format.backupChunk(payload, 1, true, long.subarray(CHUNK));
  const hex = (/** @type {Buffer} */ value) => value.toString("hex");

  /** @param {(string | Buffer)[]} parts */
  const base64 = (...parts) =>
    Buffer.concat(parts.map((part) => Buffer.from(part))).toString("base64");
  /** @param {string} about @param {object} expect @param {(string | [number, number])[]} parts @param {string} [given] */
  const vector = (about, expect, parts, given = passphrase) => ({
    ...{ about, kind: "backup", passphrase: given, parts, expect },
  });
  /** @param {string} about @param {Buffer} text @param {(string | Buffer)[]} parts */
  const good = (about, text, ...parts) => ({
    ...vector(about, { bytes: text.length, sha256: hex(sha256(text)) }, [base64(...parts)]),
    inputs: { salt: hex(fileSalt), headerKey: hex(header), payloadKey: hex(payload) },
  });
  /** A file of those bytes of backup-good-two-chunks.json. @param {string} about @param {object} expect @param {[number, number][]} ranges */
  const cut = (about, expect, ...ranges) => vector(about, expect, ranges);
  /** A file whose first lines are others, with the MAC that they must have. @param {string} about @param {string} reason @param {string} lines */
  const lines = (about, reason, lines) =>
    vector(about, refusal("header", "invalid_backup", reason), [
      base64(format.backupHeader(header, lines), chunk),
    ]);
  const MAC = refusal("mac", "wrong_passphrase", "other_passphrase");
  const CHUNK_REFUSED = refusal("chunk", "invalid_backup", "not_authentic");
  const CUT = refusal("end", "invalid_backup", "cut_off");
  const at = head.length; // where the first chunk begins
  const next = at + first.length;
  const end = next + second.length;

  return {
    good: good("Opens.", content, head, chunk),
    "good-empty": good(
      "A backup of nothing is one empty chunk.",
      Buffer.alloc(0),
      ...[head, format.backupChunk(payload, 0, true, Buffer.alloc(0))],
    ),
    "good-two-chunks": good("A full chunk, and ten bytes.", long, head, first, second),
    "other-passphrase": vector("Another passphrase.", MAC, [base64(head, chunk)], `${passphrase}.`),
    "other-salt": vector("A bit of the salt is flipped.", MAC, [
      base64(
        line1,
        `scrypt:131072:8:1 ${format.base64url(flip(fileSalt, 0))}\n`,
        ...[head.slice(line1.length + line2.length), chunk],
      ),
    ]),
    "flip-mac": vector("A bit of the header's MAC is flipped.", MAC, [
      base64(line1, line2, `${macOf(head, (mac) => flip(mac, 0))}\n`, chunk),
    ]),
    "other-name": lines("Another name.", "not_a_backup", `coffer-backuq 1\n${line2}`),
    "no-version": lines("No version.", "not_a_backup", `coffer-backup\n${line2}`),
    "later-version": lines("A later version.", "other_version", `coffer-backup 2\n${line2}`),
    "weak-kdf": lines(
      "It asks for a weaker derivation.",
      "malformed",
      line1 + line2.replace("131072", "2"),
    ),
    "short-salt": lines(
      "The salt has 31 bytes.",
      "malformed",
      `${line1}scrypt:131072:8:1 ${format.base64url(fileSalt.subarray(1))}\n`,
    ),
    "salt-not-canonical": lines(
      "An unused bit of the salt's last character is set.",
      "malformed",
      `${line1}scrypt:131072:8:1 ${setUnusedBit(format.base64url(fileSalt))}\n`,
    ),
    "extra-word": lines(
      "A word too many in the second line.",
      "malformed",
      `${line1}${line2.slice(0, -1)} x\n`,
    ),
    "no-mac": vector(
      "The third line is missing.",
      refusal("header", "invalid_backup", "malformed"),
      [base64(line1, line2)],
    ),
    "mac-not-canonical": vector(
      "The MAC is padded.",
      refusal("header", "invalid_backup", "malformed"),
      [base64(head.slice(0, -1), "=\n", chunk)],
    ),
    "no-chunk": vector("There is no chunk.", CHUNK_REFUSED, [base64(head)]),
    "flip-ciphertext": vector("A bit of a chunk is flipped.", CHUNK_REFUSED, [
      base64(head, flip(chunk, 0)),
    ]),
    "flip-tag": vector("A bit of a tag is flipped.", CHUNK_REFUSED, [
      base64(head, flip(chunk, -1)),
    ]),
    truncated: vector("The last byte is missing.", CHUNK_REFUSED, [
      base64(head, chunk.subarray(0, -1)),
    ]),
    extended: vector("A byte too many.", CHUNK_REFUSED, [base64(head, chunk, Buffer.alloc(1))]),
    "other-counter": vector("The first chunk is numbered 1.", CHUNK_REFUSED, [
      base64(head, format.backupChunk(payload, 1, true, content)),
    ]),
    "other-key": vector("Encrypted under the header's key.", CHUNK_REFUSED, [
      base64(head, format.backupChunk(header, 0, true, content)),
    ]),
    "not-final": vector("The only chunk does not say that it is the last.", CUT, [
      base64(head, format.backupChunk(payload, 0, false, content)),
    ]),
    "cut-at-chunk": cut("Cut where a chunk ends.", CUT, [0, next]),
    "cut-in-chunk": cut("Cut within a chunk.", CHUNK_REFUSED, [0, next - 100]),
    "chunk-left-out": cut("The first chunk is missing.", CHUNK_REFUSED, [0, at], [next, end]),
    "chunk-twice": cut("The first chunk is there twice.", CHUNK_REFUSED, [0, next], [at, end]),
    "chunks-exchanged": cut(
      "The chunks have changed places.",
      CHUNK_REFUSED,
      [0, at],
      [next, end],
      [at, next],
    ),
    "empty-last-chunk": vector("A last chunk of no bytes, after another.", CHUNK_REFUSED, [
      ...[[0, next]],
      base64(format.backupChunk(payload, 1, true, Buffer.alloc(0))),
    ]),
  };
}

/** The third line of a backup's header, changed. @param {string} head @param {(mac: Buffer) => Buffer} change */
function macOf(head, change) {
  const text = head.split("\n")[2] ?? "";
  return format.base64url(change(Buffer.from(text, "base64url")));
}

function contentVectors() {
  const head = {
    ...{ format: "coffer-rows", takenAt: "2030-01-31T12:00:00.000Z", migrations: ["0001_init"] },
    ...{ heads: [["journal", 3]], rows: 2 },
  };
  const table = { table: "Environment", columns: ["id", "protected"], rows: 2 };
  const rows = [
    ["a", true],
    ["b", null],
  ];
  const END = { end: true };
  /** @param {string} about @param {object} expect @param {unknown[]} lines */
  const vector = (about, expect, ...lines) => ({
    ...{
      about,
      kind: "content",
      text: lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
      expect,
    },
  });
  const REFUSED = refusal("content", "invalid_backup", "not_content");
  const good = vector("A table of two rows.", { tables: 1, rows: 2 }, head, table, ...rows, END);
  return {
    good,
    "good-nothing": vector("No table.", { tables: 0, rows: 0 }, { ...head, rows: 0 }, END),
    "no-head": vector("No head.", REFUSED, table, ...rows, END),
    "other-format": vector(
      "Another format.",
      REFUSED,
      { ...head, format: "other" },
      table,
      ...rows,
      END,
    ),
    "no-migrations": vector(
      "A head without a schema.",
      REFUSED,
      { ...head, migrations: null },
      table,
      ...rows,
      END,
    ),
    "no-end": vector("No end.", REFUSED, head, table, ...rows),
    "after-end": vector("A line after the end.", REFUSED, head, table, ...rows, END, END),
    "row-missing": vector("A row fewer than the table says.", REFUSED, head, table, rows[0], END),
    "row-too-many": vector(
      "A row more than the table says.",
      REFUSED,
      head,
      table,
      ...rows,
      rows[0],
      END,
    ),
    "other-sum": vector(
      "The head says another number of rows.",
      REFUSED,
      { ...head, rows: 3 },
      table,
      ...rows,
      END,
    ),
    "short-row": vector("A row lacks a column.", REFUSED, head, table, rows[0], ["b"], END),
    "nested-cell": vector("A cell is an object.", REFUSED, head, table, rows[0], ["b", {}], END),
    "fractional-count": vector(
      "A table of 1.5 rows.",
      REFUSED,
      head,
      { ...table, rows: 1.5 },
      ...rows,
      END,
    ),
    "not-json": {
      ...good,
      about: "A line is no JSON.",
      text: good.text.replace("null", "nul"),
      expect: REFUSED,
    },
    "no-newline": {
      ...good,
      about: "The last line has no end.",
      text: good.text.slice(0, -1),
      expect: REFUSED,
    },
    empty: vector("Nothing at all.", REFUSED),
  };
}

/** JSON text in ASCII, so that no editor normalises what is in it. @param {string} json */
const ascii = (json) =>
  json.replace(/[^ -~\n]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Every vector: file name to file text. @returns {Map<string, string>} */
export function makeVectors() {
  const groups = Object.entries({
    keyring: keyringVectors(),
    value: valueVectors(),
    token: tokenVectors(),
    link: linkVectors(),
    backup: backupVectors(),
    content: contentVectors(),
  });
  return new Map(
    groups.flatMap(([group, vectors]) =>
      Object.entries(vectors).map(([name, vector]) => [
        `${group}-${name}.json`,
        `${ascii(JSON.stringify(vector, null, 2))}\n`,
      ]),
    ),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const here = new URL(".", import.meta.url);
  for (const file of readdirSync(here)) {
    if (file.endsWith(".json")) rmSync(new URL(file, here));
  }
  for (const [file, text] of makeVectors()) writeFileSync(new URL(file, here), text);
}
