import { createHmac } from "node:crypto";
import { normalEmail } from "./user-row";

/** What an e-mail address is counted as, whether or not there is an account: a keyed hash, hexadecimal. */
export function emailHash(key: Uint8Array, email: string): string {
  return createHmac("sha256", key).update(normalEmail(email)).digest("hex");
}

/** How an address that belongs to nobody stands on record: it may be a password that was typed in the wrong field. */
export function unknownEmail(hash: string): string {
  return `unknown:${hash.slice(0, 16)}`;
}
