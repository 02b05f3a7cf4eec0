import type { RecordRows, StoredJournal } from "../store/journal-rows";
import type { AnchorReader } from "./anchor";
import { isUnchained, macOf, type Chain } from "./chain";
import type { Checkpoint } from "./checkpoint";
import { Findings } from "./findings";
import { beganChain, headKey, linkOf, resetOf, timeOf, type Head, type Link } from "./link";
import { walkBound, walkChained, type Bound, type Walk } from "./walk";

/** How far a verification is, and what it has found. */
export interface Verified {
  /** Events that there were when it began. */
  total: number;
  checked: number;
  journals: number;
  /** Events from before the chain: bound as a whole. */
  unchained: number;
  /** When the chain began, where events from before it are bound. */
  chainedSince: string | null;
  /** Events from before the keys were reset: bound as a whole. */
  beforeReset: number;
  /** When that was. */
  resetAt: string | null;
  findings: Findings;
}

/**
 * Holds the whole record against its chain (FORMAT.md, "Verifying"), and against a checkpoint. Gives where it is after
 * every page of events, so that whoever runs it can let others have their turn, show progress, or stop. Memory
 * does not grow with the events.
 * @param findings what was found before
 */
export function* verify(
  record: RecordRows,
  chain: Chain,
  checkpoint: Checkpoint | null,
  anchors: AnchorReader,
  findings = new Findings(),
): Generator<Verified, Verified> {
  const journals = record.journals();
  const links = new Map(
    journals.map((journal) => [journal.id, provenLink(record, chain, anchors, journal)]),
  );
  const byId = new Map(journals.map((journal) => [journal.id, journal]));
  const heads = [...links.values()].flatMap((link) => link?.heads ?? []);
  const known = new Set([...heads, ...(checkpoint?.heads ?? [])].map(headKey));
  const bound = boundBy(journals, links);
  const resetAt = [...bound.values()].find((each) => each.resetAt !== null)?.resetAt ?? null;
  const chainedSince = journals.find((journal) => beganChain(links.get(journal.id), journal));
  const at: Walk = {
    chainedSince: chainedSince ? timeOf(chainedSince) : null,
    ...{ total: record.count(), checked: 0, journals: 0, unchained: 0, beforeReset: 0 },
    ...{ resetAt, findings, known, record, chain, anchors },
  };
  for (const journal of journals) {
    at.journals += 1;
    const end = bound.get(journal.id);
    if (end || isUnchained(journal)) yield* walkBound(at, journal, end);
    else yield* walkChained(at, journal);
  }
  yield* walkOthers(at, new Set(journals.map(({ id }) => id)));
  for (const journal of journals) {
    const who = `the journal that was opened at ${String(journal.openedAt)}`;
    const { heads = [], before: ends = [] } = links.get(journal.id) ?? {};
    for (const head of heads) requireHead(at, byId, head, who);
    for (const [id, seq] of ends) {
      if (seq > 0 && record.head(id) === null) reportGone(at, id, who);
    }
  }
  for (const head of checkpoint?.heads ?? []) {
    requireHead(at, byId, head, `the checkpoint of ${checkpoint?.at ?? ""}`);
  }
  return at;
}

/** The journals that the first one under this key binds as a whole, by their ids. */
function boundBy(
  journals: readonly StoredJournal[],
  links: ReadonlyMap<string, Link | null>,
): Map<string, Bound> {
  return new Map(
    journals.flatMap((journal) => {
      const link = links.get(journal.id);
      if (!link) return [];
      const resetAt = resetOf(link, journal);
      return link.before.map((end): [string, Bound] => [end[0], { end, resetAt }]);
    }),
  );
}

/** What a journal is linked to, if its first event proves that, or the anchor that stands for it. */
function provenLink(
  record: RecordRows,
  chain: Chain,
  anchors: AnchorReader,
  journal: StoredJournal,
): Link | null {
  if (journal.link === null) return null;
  const anchor = anchors.of(record, chain, journal);
  if (anchor !== null && anchor !== "forged") return linkOf(journal);
  const [first] = record.page(journal.id, 0, 1);
  const opening = chain.opening(journal.id, journal.openedAt, journal.link);
  const isProven = first?.[1] === 1 && chain.next(opening, first) === macOf(first);
  return isProven ? linkOf(journal) : null;
}

/** After so many journals that are none the others are left: somebody has written them, and each costs a search. */
const MOST_STRANGERS = 1_000;

/** Events of journals that were not there when the verification began: opened since, or none. */
function* walkOthers(at: Walk, walked: ReadonlySet<string>): Generator<Walk> {
  const { record, findings } = at;
  let strangers = 0;
  for (let id = record.nextId(null); id !== null; id = record.nextId(id)) {
    if (walked.has(id)) continue;
    const journal = record.journals().find((each) => each.id === id);
    if (journal && !isUnchained(journal)) {
      at.journals += 1;
      yield* walkChained(at, journal);
    } else {
      const message = "The journal of these events is gone or was never there.";
      findings.add({ kind: "added", journal: id, seq: 1, at: null, message });
      if (++strangers === MOST_STRANGERS) return;
      yield at;
    }
  }
}

function requireHead(
  at: Walk,
  journals: ReadonlyMap<string, StoredJournal>,
  [journal, seq, mac]: Head,
  who: string,
): void {
  const { record, findings } = at;
  let found = record.mac(journal, seq);
  if (found === undefined) found = macOfPruned(at, journals.get(journal), seq, mac);
  if (found === mac) return;
  if (found !== undefined) {
    if (findings.has(journal, seq)) return;
    const message = `It is not the event that ${who} knows by this number.`;
    findings.add({ kind: "changed", journal, seq, at: null, message });
    return;
  }
  const end = record.head(journal);
  if (end === null) {
    reportGone({ findings }, journal, who);
  } else if (end.seq < seq) {
    const message = `The journal ends before this event, and ${who} knows events up to number ${String(seq)}.`;
    findings.add({ kind: "cut", journal, seq: end.seq + 1, at: null, message });
  } // else it is missing in the middle, which was found on the way
}

/** The MAC of an event that was pruned: of the last one the anchor has it, and one before it is behind that. */
function macOfPruned(
  { record, chain, anchors }: Walk,
  journal: StoredJournal | undefined,
  seq: number,
  expected: string,
): string | undefined {
  const anchor = journal && anchors.of(record, chain, journal);
  if (!anchor || anchor === "forged" || seq > anchor.seq) return undefined;
  return seq === anchor.seq ? anchor.mac : expected;
}

function reportGone({ findings }: Pick<Walk, "findings">, journal: string, who: string): void {
  const message = `All of the journal is gone, and ${who} knows it.`;
  findings.add({ kind: "cut", journal, seq: 1, at: null, message });
}
