import { CofferError } from "../errors";
import { encodeFields, MAX_INTEGER } from "./fields";
import { formatBox, parseBox, TAG_BYTES, type Box } from "./gcm";

const FORMAT = "cfv1";
const KEY_ID = /^[1-9][0-9]{0,9}$/;

/** The one place where a sealed value may stand. Moved to any other, it does not open. */
export interface Place {
  readonly environmentId: string;
  readonly nameKey: string;
  readonly secretId: string;
  readonly version: number;
}

/** A sealed value's text, taken apart: the id of its data key, and the ciphertext. */
export interface Sealed {
  readonly keyId: number;
  readonly box: Box;
}

/** Why a sealed value was refused (FORMAT.md, "Values"), in the order in which it is decided. */
export type Refusal = "unknown_format" | "malformed" | "unknown_key" | "not_authentic";

/** What AES-GCM binds to a value besides the key: purpose, format, place and key id. */
export function valueAad(place: Place, keyId: number): Buffer {
  const { environmentId, nameKey, secretId, version } = place;
  return encodeFields(["coffer/value", FORMAT, environmentId, nameKey, secretId, version, keyId]);
}

/** The self-describing text that is stored: `cfv1.<key id>.<nonce>.<ciphertext and tag>`. */
export function formatSealed({ keyId, box }: Sealed): string {
  return `${FORMAT}.${keyId.toFixed(0)}.${formatBox(box)}`;
}

/** A sealed value that is ready to be opened, more than once: taken apart, with what it is bound to. Still ciphertext. */
export interface ReadySealed extends Sealed {
  readonly place: Place;
  readonly aad: Buffer;
}

/**
 * Makes a stored text ready to be opened in its place.
 * @throws CofferError `unreadable` for a text that is none
 */
export function readySealed(place: Place, text: string): ReadySealed {
  const parsed = parseSealed(text);
  if (typeof parsed === "string") throw unreadable(place, parsed);
  return { ...parsed, place, aad: valueAad(place, parsed.keyId) };
}

/** Takes a stored text apart without opening it, or says why it is none. Exactly one text gives each result. */
export function parseSealed(text: string): Sealed | "unknown_format" | "malformed" {
  const [format, keyIdText = "", nonce, body, ...rest] = text.split(".", 5);
  if (format !== FORMAT) return "unknown_format";
  const keyId = Number(keyIdText);
  const box = parseBox(nonce, body);
  if (!KEY_ID.test(keyIdText) || keyId > MAX_INTEGER || box === null || rest.length > 0) {
    return "malformed";
  }
  return { keyId, box };
}

/**
 * Length in bytes of the plaintext that `sealed` opens to, from the text's length alone. Exact for every text
 * that opens; for one that does not, some number that is not negative. Never throws: opening is what refuses.
 */
export function sealedLength(sealed: string): number {
  const bodyCharacters = sealed.length - sealed.lastIndexOf(".") - 1;
  return Math.max(0, Math.floor((bodyCharacters * 3) / 4) - TAG_BYTES);
}

const WHAT_HAPPENED: Record<Refusal, string> = {
  unknown_format: "it is in a format that this version of Coffer does not know",
  malformed: "its stored text is damaged",
  unknown_key: "it is sealed under a data key that this keyring does not have",
  not_authentic: "it was changed in the database, or moved there from another place",
};

/**
 * The error for a value that does not open. Names the secret, the version and, where it could be read, the key id; never
 * any of the content. `details` are `{name, version, keyId?, reason}`.
 */
export function unreadable(place: Place, reason: Refusal, keyId?: number): CofferError {
  const key = keyId === undefined ? "" : `, data key ${keyId.toFixed(0)}`;
  return new CofferError(
    "unreadable",
    `The value of secret "${place.nameKey}" (version ${place.version.toFixed(0)}${key}) can't be read: ` +
      `${WHAT_HAPPENED[reason]}. Restore it from a backup, or give the secret a new value.`,
    {
      details: {
        name: place.nameKey,
        version: place.version,
        ...(keyId === undefined ? {} : { keyId }),
        reason,
      },
    },
  );
}
