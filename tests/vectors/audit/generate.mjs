/** Makes chain.json, always the same: `node tests/vectors/audit/generate.mjs` rewrites it. These keys are public. */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import * as format from "./reference.mjs";

/** @param {string} label */
const bytes = (label) => createHash("sha256").update(`coffer audit vector: ${label}`).digest();

/**
 * @param {string} id @param {number} seq @param {string} at
 * @param {(string | number | null)[]} later token id, incident, repeats
 */
const event = (id, seq, at, later) => [
  ...[id, seq, at, "service", "svc-1", "ci \ud83d\ude80", "secrets.resolve", "default", ""],
  ...['[["OPENAI_API_KEY",3]]', "ok", "", "192.0.2.1", 'curl/8 "é\\"\u2028', "req-1"],
  ...later,
];

/** Every vector, as chain.json holds it. */
export function makeVectors() {
  const key = bytes("audit key");
  const seed = bytes("checkpoint seed");
  const [old, first, second] = [
    "00000000-0000-4000-8000-000000000001",
    "00000000-0000-4000-8000-000000000002",
    "00000000-0000-4000-8000-000000000003",
  ];
  const at = "2030-01-31T12:00:00.000Z";
  const unchained = [1, 2].map((seq) => event(old, seq, at, [null, null, null]));
  const digest = format.digest(
    null,
    unchained.map((fields) => ({ fields, mac: null })),
  );

  /** @param {string} id @param {unknown} knows @param {(string | number | null)[][]} events */
  const journal = (id, knows, events) => {
    const link = JSON.stringify(knows);
    const opening = format.mac(key, "", format.openingStatement(id, at, link));
    let previous = opening;
    const chained = events.map((fields) => {
      previous = format.mac(key, previous, format.eventStatement(fields));
      return { fields, mac: previous };
    });
    return { id, openedAt: at, link, opening, events: chained };
  };
  const one = journal(first, { heads: [], before: [[old, 2, digest]] }, [
    event(first, 1, at, [null, null, null]),
    event(first, 2, at, ["tok-1", null, null]),
    event(first, 3, at, [null, "inc-1", null]),
    event(first, 4, at, [null, null, 99]),
  ]);
  const two = journal(second, { heads: [[first, 4, one.events[3]?.mac]], before: [] }, [
    event(second, 1, "2030-01-31T12:00:00.001Z", [null, null, null]),
  ]);
  const afterReset = [one, two].map(({ id, openedAt, link, events }) => ({
    id,
    digest: format.digest(format.openingStatement(id, openedAt, link), events),
  }));
  const vault = "AAAAAAAAAAAAAAAAAAAAAA";
  /** @type {[string, number, string][]} */
  const heads = [[second, 1, two.events[0]?.mac ?? ""]];
  const pruned = { journal: first, seq: 2, mac: one.events[1]?.mac ?? "", opening: one.opening };
  return {
    about:
      "A journal from before the chain, the first journal of it, one that is linked to that, how a reset of the keys binds these two, and what stands for the first events of one.",
    key: key.toString("hex"),
    unchained: { id: old, events: unchained, digest },
    journals: [one, two],
    afterReset,
    checkpoint: {
      seed: seed.toString("hex"),
      ...{ vault, at, heads },
      ...format.checkpoint(seed, { vault, at, heads }),
    },
    anchor: { ...pruned, text: format.anchor(seed, { vault, at, ...pruned }) },
    badAnchors: anchorsToRefuse(seed, { vault, at, ...pruned }),
  };
}

/**
 * Anchors with one failure each, for the same place.
 * @param {Buffer} seed @param {Parameters<typeof format.anchor>[1]} right
 */
function anchorsToRefuse(seed, right) {
  const text = format.anchor(seed, right);
  const heads = /** @type {[string, number, string][]} */ ([[right.journal, right.seq, right.mac]]);
  return {
    "another number than was signed": text.replace(" 2 ", " 3 "),
    "another time than was signed": text.replace("at 2030", "at 2031"),
    "another MAC than was signed": text.replace(right.mac, right.opening),
    "the key of another vault": format.anchor(bytes("another seed"), right),
    "the id of another vault": format.anchor(seed, { ...right, vault: "B".repeat(22) }),
    "another journal": format.anchor(seed, { ...right, journal: right.journal.replace(/2$/, "3") }),
    "the opening of another row": format.anchor(seed, { ...right, opening: right.mac }),
    "no event": format.anchor(seed, { ...right, seq: 0 }),
    "a number that is spelled otherwise": format.anchor(seed, {
      ...right,
      seq: /** @type {any} */ ("02"),
    }),
    "a checkpoint": format.checkpoint(seed, { ...right, heads }).text,
    "a later version": text.replace("coffer-anchor 1", "coffer-anchor 2"),
    "no last line feed": text.slice(0, -1),
    "a line feed more": `${text}\n`,
    "CR LF": text.replaceAll("\n", "\r\n"),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const text = `${JSON.stringify(makeVectors(), null, 2)}\n`;
  writeFileSync(new URL("chain.json", import.meta.url), text);
}
