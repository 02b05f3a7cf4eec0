import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  scrypt,
  timingSafeEqual,
  type KeyObject,
} from "node:crypto";
import { CofferError } from "../errors";
import { decodeBase64url } from "./base64url";
import { derive } from "./derive";
import { TAG_BYTES } from "./gcm";
import { secretKey } from "./kek";

// lib/crypto/BACKUP.md is the specification.

const ALGORITHM = "aes-256-gcm";
const FORMAT = "cfb1";
const NAME = "coffer-backup";
const VERSION = "1";
const KDF = "scrypt:131072:8:1";
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 2 ** 20 };
const SALT_BYTES = 32;
const KEY_BYTES = 32;
const CHUNK_BYTES = 65_536;
const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
/** More than the three lines of any version can have. */
const MAX_HEADER_BYTES = 512;

/** A passphrase has at least so many characters. */
export const PASSPHRASE_MIN_LENGTH = 12;

interface Keys {
  header: Buffer;
  payload: KeyObject;
}

/** Encrypts a backup's content under a passphrase. Holds one chunk of it at a time. */
export async function* sealBackup(
  passphrase: string,
  content: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const salt = randomBytes(SALT_BYTES);
  const keys = await keysOf(passphrase, salt);
  const lines = `${NAME} ${VERSION}\n${KDF} ${salt.toString("base64url")}\n`;
  yield Buffer.from(`${lines}${macOf(keys, lines).toString("base64url")}\n`);
  let number = 0;
  for await (const { bytes, isLast } of chunksOf(content, CHUNK_BYTES)) {
    const nonce = nonceOf(number++, isLast);
    const cipher = createCipheriv(ALGORITHM, keys.payload, nonce, { authTagLength: TAG_BYTES });
    yield Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  }
}

/**
 * Decrypts a backup. Every piece that it gives is authentic and in its place; that the file is whole is known only
 * once it has come to its end.
 * @throws CofferError `invalid_backup`, `wrong_passphrase`
 */
export async function* openBackup(
  passphrase: string,
  file: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const input = file[Symbol.asyncIterator]();
  const { salt, lines, mac, rest } = await readHeader(input);
  const keys = await keysOf(passphrase, salt);
  if (!timingSafeEqual(mac, macOf(keys, lines))) throw wrongPassphrase();
  let number = 0;
  for await (const { bytes, isLast } of chunksOf(followedBy(rest, input), SEALED_CHUNK_BYTES)) {
    const plaintext = openChunk(keys.payload, bytes, nonceOf(number, isLast));
    if (plaintext === null) {
      const isCut = isLast && openChunk(keys.payload, bytes, nonceOf(number, false)) !== null;
      throw isCut ? cutOff() : damaged(number);
    }
    if (plaintext.length === 0 && number > 0) throw damaged(number);
    number++;
    yield plaintext;
  }
}

function openChunk(key: KeyObject, sealed: Buffer, nonce: Buffer): Buffer | null {
  if (sealed.length < TAG_BYTES) return null;
  const tagAt = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(tagAt));
  const plaintext = decipher.update(sealed.subarray(0, tagAt));
  try {
    decipher.final();
    return plaintext;
  } catch {
    return null;
  }
}

/** Pieces of exactly `size` bytes, but for the last. There is always a last one, of no bytes if there are none. */
async function* chunksOf(
  pieces: AsyncIterable<Buffer>,
  size: number,
): AsyncGenerator<{ bytes: Buffer; isLast: boolean }> {
  let waiting: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    length += piece.length;
    if (length <= size) continue;
    let all = Buffer.concat(waiting);
    for (; all.length > size; all = all.subarray(size)) {
      yield { bytes: all.subarray(0, size), isLast: false };
    }
    waiting = [all];
    length = all.length;
  }
  yield { bytes: Buffer.concat(waiting), isLast: true };
}

async function* followedBy(first: Buffer, input: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await input.next(); next.done !== true; next = await input.next()) {
    yield next.value;
  }
}

interface Header {
  salt: Buffer;
  /** The text that its MAC is of. */
  lines: string;
  mac: Buffer;
  /** What was read beyond it. */
  rest: Buffer;
}

async function readHeader(input: AsyncIterator<Buffer>): Promise<Header> {
  let start: Buffer = Buffer.alloc(0);
  while (start.length < MAX_HEADER_BYTES) {
    const next = await input.next();
    if (next.done === true) break;
    start = Buffer.concat([start, next.value]);
  }
  const [first = "", second = "", third = ""] = start.toString("latin1").split("\n", 3);
  const [name, version, ...more] = first.split(" ");
  if (name !== NAME || version === undefined || more.length > 0) throw notABackup();
  if (version !== VERSION) throw otherVersion();
  const [kdf, saltText = "", ...others] = second.split(" ");
  const salt = decodeBase64url(saltText);
  const mac = decodeBase64url(third);
  const lines = `${first}\n${second}\n`;
  const end = lines.length + third.length;
  const isWhole = start[end] === 0x0a && others.length === 0;
  if (!isWhole || kdf !== KDF || salt?.length !== SALT_BYTES || mac?.length !== KEY_BYTES) {
    throw new CofferError(
      "invalid_backup",
      "The backup's first lines are damaged. Use another copy of it.",
      { details: { reason: "malformed" } },
    );
  }
  return { salt, lines, mac, rest: start.subarray(end + 1) };
}

function keysOf(passphrase: string, salt: Buffer): Promise<Keys> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize("NFKC"), salt, KEY_BYTES, SCRYPT, (error, secret) => {
      if (error !== null) {
        reject(error);
        return;
      }
      const header = derive(secret, ["coffer/backup-header", FORMAT], KEY_BYTES);
      const payload = secretKey(derive(secret, ["coffer/backup-payload", FORMAT], KEY_BYTES));
      secret.fill(0);
      resolve({ header, payload });
    });
  });
}

function macOf({ header }: Keys, lines: string): Buffer {
  return createHmac("sha256", header).update(lines, "latin1").digest();
}

function nonceOf(chunk: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(chunk), 3);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

function notABackup(): CofferError {
  return new CofferError("invalid_backup", "This file is not a backup that Coffer made.", {
    details: { reason: "not_a_backup" },
  });
}

function otherVersion(): CofferError {
  return new CofferError(
    "invalid_backup",
    "This backup was made by a newer version of Coffer. Restore it with that version.",
    { details: { reason: "other_version" } },
  );
}

function wrongPassphrase(): CofferError {
  return new CofferError(
    "wrong_passphrase",
    "The passphrase is not the one of this backup, or the backup's first lines are damaged.",
    { details: { reason: "other_passphrase" } },
  );
}

function damaged(chunk: number): CofferError {
  return new CofferError(
    "invalid_backup",
    `The backup is damaged: its part ${(chunk + 1).toFixed(0)} is not as it was written. Use another copy of it.`,
    { details: { reason: "not_authentic" } },
  );
}

function cutOff(): CofferError {
  return new CofferError(
    "invalid_backup",
    "The backup is not whole: its end is missing. Use another copy of it.",
    { details: { reason: "cut_off" } },
  );
}
