import type { KeyCheck, KeyringInfo } from "../../lib/shapes";
import { send, sendOnce } from "../api";

/** Which keys there are, who works with them, and how far the sealing anew is. */
export function readKeys(): Promise<KeyringInfo> {
  return sendOnce("GET", "/keys");
}

/** Makes a data key. Coffer may ask first that it is them. */
export function rotateDataKey(): Promise<KeyringInfo> {
  return send("POST", "/keys/rotate");
}

/** Has a master key open the vault no more. Coffer may ask first that it is them. */
export function endMasterKey(fingerprint: string): Promise<KeyringInfo> {
  return send("DELETE", `/keys/wraps/${encodeURIComponent(fingerprint)}`);
}

/** Begins to open every value once, unless that is under way. */
export function beginCheck(): Promise<KeyCheck> {
  return send("POST", "/keys/check");
}

/** What the last check has found, or how far it is; null before the first of the process that answers. */
export async function readCheck(): Promise<KeyCheck | null> {
  return (await sendOnce<{ check: KeyCheck | null }>("GET", "/keys/check")).check;
}
