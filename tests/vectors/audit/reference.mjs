/**
 * A second implementation of lib/audit/FORMAT.md, written from that page alone: it shares no code with the product.
 */
import { createHash, createHmac, createPrivateKey, createPublicKey, sign } from "node:crypto";

/** @param {Buffer} key @param {string} previous @param {unknown[]} statement */
export const mac = (key, previous, statement) =>
  createHmac("sha256", key)
    .update(previous, "utf8")
    .update(JSON.stringify(statement), "utf8")
    .digest("base64url");

/** @param {string} id @param {string} openedAt @param {string} link */
export const openingStatement = (id, openedAt, link) => ["cfa1/journal", id, openedAt, link];

/** @param {(string | number | null)[]} fields journal id, seq, at (with a Z), … repeats */
export function eventStatement(fields) {
  const first = fields.slice(0, 15);
  const later = fields.slice(15);
  while (later.length > 0 && later.at(-1) === null) later.pop();
  return ["cfa1", ...first, ...later];
}

/**
 * @param {unknown[] | null} opening the statement of the journal's row; null for one from before the chain
 * @param {{ fields: (string | number | null)[]; mac: string | null }[]} events
 */
export function digest(opening, events) {
  const hash = createHash("sha256");
  if (opening !== null) hash.update(`${JSON.stringify(opening)}\n`, "utf8");
  for (const { fields, mac } of events) {
    const text = JSON.stringify(eventStatement(fields)) + (mac === null ? "" : JSON.stringify(mac));
    hash.update(`${text}\n`, "utf8");
  }
  return hash.digest("base64url");
}

/**
 * Lines with a public key and a signature over all before it.
 * @param {Buffer} seed @param {string[]} lines
 */
function signed(seed, lines) {
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(key).export({ format: "jwk" }).x ?? "";
  const body = [...lines, `key ${publicKey}`, ""].join("\n");
  const signature = sign(null, Buffer.from(body, "ascii"), key).toString("base64url");
  return { publicKey, text: `${body}signature ${signature}\n` };
}

/** @param {Buffer} seed @param {{ vault: string; at: string; heads: [string, number, string][] }} checkpoint */
export const checkpoint = (seed, { vault, at, heads }) =>
  signed(seed, [
    "coffer-checkpoint 1",
    `vault ${vault}`,
    `at ${at}`,
    ...heads.map((head) => `journal ${head.join(" ")}`),
  ]);

/**
 * What stands for the first events of a journal.
 * @param {Buffer} seed
 * @param {{ vault: string; at: string; journal: string; seq: number; mac: string; opening: string }} anchor
 */
export const anchor = (seed, { vault, at, journal, seq, mac, opening }) =>
  signed(seed, [
    "coffer-anchor 1",
    `vault ${vault}`,
    `at ${at}`,
    `journal ${journal} ${String(seq)} ${mac}`,
    `opening ${opening}`,
  ]).text;
