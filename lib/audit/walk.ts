import type { AuditFinding } from "../shapes";
import { EVENT_COLUMNS, type StoredEvent } from "../store/event-rows";
import type { RecordRows, StoredJournal } from "../store/journal-rows";
import type { Anchor, AnchorReader } from "./anchor";
import { isNumbered, JournalDigest, macOf, type Chain } from "./chain";
import type { Findings } from "./findings";
import { headKey, type Head } from "./link";
import { goesOn, nearby } from "./nearby";
import { pagesOf } from "./pages";

/** A verification under way. */
export interface Walk {
  readonly record: RecordRows;
  readonly chain: Chain;
  readonly findings: Findings;
  readonly anchors: AnchorReader;
  /** Events that a proven link or the checkpoint knows, by `headKey`. */
  readonly known: ReadonlySet<string>;
  total: number;
  checked: number;
  journals: number;
  unchained: number;
  readonly chainedSince: string | null;
  beforeReset: number;
  readonly resetAt: string | null;
}

/** A journal's end and digest, as the first journal under the present key knows it. */
export interface Bound {
  end: Head;
  /** When the keys were reset; null where it was bound when the chain began. */
  resetAt: string | null;
}

const ACTION = EVENT_COLUMNS.indexOf("action");

/** After so many findings in a journal the rest of it is left: it was written anew. */
const MOST_FINDINGS = 20;

/** Goes through a journal whose MACs can't be checked, and holds it against the digest that the first journal under this key has of it. */
export function* walkBound(
  at: Walk,
  journal: StoredJournal,
  bound: Bound | undefined,
): Generator<Walk> {
  const { id } = journal;
  const digest = new JournalDigest(journal);
  const [, until = 0, right] = bound?.end ?? [];
  const words = bound?.resetAt ? SINCE_THE_RESET : SINCE_THE_CHAIN;
  const before = at.findings.total;
  let last = 0;
  for (const page of pagesOf(at.record, id)) {
    const added = page.find((event) => isNumbered(event) && numberOf(event) > until);
    for (const [index, event] of page.entries()) {
      if (event === added) break;
      if (isNumbered(event)) {
        digest.take(event);
        last = numberOf(event);
        continue;
      }
      at.findings.add(found("added", event, NO_NUMBER));
      if (at.findings.total - before < MOST_FINDINGS) continue;
      at.checked += index + 1;
      at[words.counted] += index + 1;
      return;
    }
    at.checked += page.length;
    at[words.counted] += page.length;
    if (added) at.findings.add(found("added", added, words.added));
    yield at;
    if (added) break;
  }
  if (last < until) {
    const message = `The journal ends before this event. When ${words.when} it had ${String(until)}.`;
    at.findings.add({ kind: "cut", journal: id, seq: last + 1, at: null, message });
  } else if (right !== undefined && digest.end() !== right) {
    const message = `One of the events 1 to ${String(until)} is not as it was when ${words.when}. ${words.which}`;
    at.findings.add({ kind: "changed", journal: id, seq: 1, at: null, message });
  }
}

/** Goes through a journal of the chain. */
export function* walkChained(at: Walk, journal: StoredJournal): Generator<Walk> {
  const before = at.findings.total;
  let anchor = anchorOf(at, journal);
  const course: Course = {
    previous: anchor?.mac ?? at.chain.opening(journal.id, journal.openedAt, journal.link ?? ""),
    mayGoOn: anchor !== null,
  };
  let expected = (anchor?.seq ?? 0) + 1;
  let isEmpty = true;
  for (const page of pagesOf(at.record, journal.id)) {
    for (const [index, event] of page.entries()) {
      const seq = numberOf(event);
      if (seq !== expected) {
        const moved = anchorOf(at, journal); // it may have been pruned further meanwhile
        if (moved && moved.seq >= expected) {
          [anchor, expected] = [moved, moved.seq + 1];
          Object.assign(course, { previous: moved.mac, mayGoOn: true } satisfies Course);
        }
        if (seq < expected && at.record.mac(journal.id, seq) === undefined) continue;
      }
      if (!(seq >= expected) || !Number.isInteger(seq)) {
        at.findings.add(found("added", event, seq <= (anchor?.seq ?? 0) ? PRUNED : NO_NUMBER));
      } else {
        isEmpty = false;
        if (seq > expected) {
          at.findings.add(missing(event, expected));
          course.previous = null;
        }
        course.previous = checked(at, event, course, page[index + 1]);
        expected = seq + 1;
      }
      if (at.findings.total - before < MOST_FINDINGS) continue;
      at.checked += index + 1;
      return;
    }
    at.checked += page.length;
    yield at;
  }
  if (!isEmpty) return;
  const message = anchor
    ? "The journal ends behind its anchor, and its last event is never pruned."
    : "The journal has no events, and begins with one.";
  at.findings.add({ kind: "cut", journal: journal.id, seq: expected, at: null, message });
}

/** What stands for the first events of a journal. Reports one that this vault did not make for it. */
function anchorOf(
  { anchors, record, chain, findings }: Walk,
  journal: StoredJournal,
): Anchor | null {
  const anchor = anchors.of(record, chain, journal);
  if (anchor !== "forged") return anchor;
  findings.add({ kind: "added", journal: journal.id, seq: 1, at: null, message: FORGED });
  return null;
}

/** How far the walk through a journal is. */
interface Course {
  /** MAC of the event before; null where that is not known, so that an event can't be held against it. */
  previous: string | null;
  /** Whether an event of this vault's may come next: there is a right one, and the last of those says not that its process stops. */
  mayGoOn: boolean;
}

/** Checks an event's MAC. Returns the MAC to hold the next one against; null where that is not known. */
function checked(
  { chain, record, findings, known }: Walk,
  event: StoredEvent,
  course: Course,
  nextInPage: StoredEvent | undefined,
): string | null {
  const stored = macOf(event);
  const asText = typeof stored === "string" ? stored : null;
  if (course.previous === null) return asText;
  const right = chain.next(course.previous, event);
  if (right === stored) {
    course.mayGoOn = event[ACTION] !== "stop";
    return right;
  }
  const seq = numberOf(event);
  const next = nextInPage ?? record.page(String(event[0]), seq, 1)[0];
  const goesOnFrom = (mac: string): boolean =>
    next?.[1] === seq + 1 && chain.next(mac, next) === macOf(next);
  const isKnown = (mac: string): boolean => known.has(headKey([String(event[0]), seq, mac]));
  for (const mac of [asText, right]) {
    // A MAC that is right was not made up: who knows that one knows what was written.
    if (mac === null || !(goesOnFrom(mac) || (mac === right && isKnown(mac)))) continue;
    findings.add(found("changed", event, seq === 1 ? FIRST_CHANGED : CHANGED));
    return mac;
  }
  if (asText !== null && isKnown(asText) && course.mayGoOn && !isCopy(record, chain, event)) {
    findings.add(found("changed", event, KNOWN));
    return asText;
  }
  findings.add(
    elsewhere(record, chain, event, asText) ??
      (goesOn(record, chain, event)
        ? found("changed", event, REPLACED)
        : found("added", event, NOT_WRITTEN)),
  );
  return null;
}

/** Whether an event has the MAC of another one that is right where it stands, and so was not written under it. */
function isCopy(record: RecordRows, chain: Chain, event: StoredEvent): boolean {
  return record.withMac(String(macOf(event))).some(({ journalId, seq }) => {
    if (journalId === event[0] && seq === event[1]) return false;
    const before = record.mac(journalId, seq - 1);
    const [other] = record.page(journalId, seq - 1, 1);
    return typeof before === "string" && other && chain.next(before, other) === macOf(event);
  });
}

/** Where an event comes from that was not written in its place. */
function elsewhere(
  record: RecordRows,
  chain: Chain,
  event: StoredEvent,
  mac: string | null,
): AuditFinding | null {
  if (mac === null) return null;
  const copied = record
    .withMac(mac)
    .find(({ journalId, seq }) => journalId !== event[0] || seq !== event[1]);
  if (copied) {
    const { journalId, seq } = copied;
    const where = journalId === event[0] ? "" : ` of journal ${journalId}`;
    return found("added", event, `It is a copy of event ${String(seq)}${where}.`);
  }
  const from = nearby(record, chain, event, mac);
  if (from === null) return null;
  return found("moved", event, `It was written as event ${String(from)}.`);
}

const FORGED =
  "What stands for its pruned events was not signed by this vault, or is of another journal, or the journal's row was changed.";
const PRUNED = "It was pruned by then, or never there.";
const NO_NUMBER = "No event of Coffer's has such a number.";
const CHANGED = "It is not as it was written.";
const FIRST_CHANGED = "It, or the row of its journal, is not as it was written.";
const KNOWN =
  "It is not what was written under its MAC. It was changed; or it was added, before the journal was opened or the checkpoint made that has its MAC.";
const REPLACED = "It is not what was written here.";
const NOT_WRITTEN =
  "It was not written here by this vault as it stands: it was added, or changed, or comes from elsewhere.";

const SINCE_THE_CHAIN = {
  counted: "unchained",
  when: "the chain began",
  which: "They are from before it and have no MACs of their own, so it can't be said which.",
  added:
    "It has no MAC, and was not there when the chain began. An older Coffer that still ran beside this one would write such events; so would somebody who adds them.",
} as const;
const SINCE_THE_RESET = {
  counted: "beforeReset",
  when: "the keys were reset",
  which:
    "Or the row of their journal is not. Their MACs are by the key that was lost, so it can't be said which.",
  added:
    "It is in a journal that nothing wrote to any more, and was not there when the keys were reset.",
} as const;

function missing(event: StoredEvent, expected: number): AuditFinding {
  const last = numberOf(event) - 1;
  const which =
    last === expected
      ? "This event is missing"
      : `The events ${String(expected)} to ${String(last)} are missing`;
  const message = `${which}. The one after can't be held against them.`;
  return { ...found("missing", event, message), seq: expected };
}

/** A finding at an event: with the time that stands there, which may be part of what is wrong. */
function found(kind: AuditFinding["kind"], event: StoredEvent, message: string): AuditFinding {
  const [journal, seq, at] = event;
  return {
    ...{ kind, journal: String(journal), seq: Number(seq), message },
    at: typeof at === "string" ? at.slice(0, 32) : null,
  };
}

function numberOf(event: StoredEvent): number {
  return Number(event[1]);
}
