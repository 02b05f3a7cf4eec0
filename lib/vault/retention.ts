import type { Caller } from "../access/caller";
import { AnchorReader } from "../audit/anchor";
import { isUnchained, macOf, type Chain } from "../audit/chain";
import type { Checkpoints } from "../audit/checkpoint";
import { linkOf } from "../audit/link";
import type { AuditKeep } from "../config";
import { CofferError } from "../errors";
import { writeDay, type DayRun } from "../store/day-rows";
import type { StoredEvent } from "../store/event-rows";
import type { StoredJournal } from "../store/journal-rows";
import { dropMarks, prunePrefix } from "../store/retention-rows";
import { demand, type Door } from "./door";
import { rest } from "./every-value";
import type { RecordReport } from "./record-verifier";
import {
  claimRun,
  eventCount,
  limitByAge,
  limitByCount,
  oldestNeeded,
  type Limit,
} from "./retention-run";
import { readCursors } from "./sink-lease";

/** Events of one transaction: about ten milliseconds, in which others wait. */
const BATCH = 500;
const REST_MS = 20;

interface Given {
  keep: AuditKeep;
  /** Ids of the sinks of the configuration: what they have not been given yet is kept. */
  sinks: readonly string[];
  checkpoints: Checkpoints;
  chain: Chain;
  /** Verifies the record. */
  verify: (signal: AbortSignal) => Promise<RecordReport>;
}

/** A journal, and up to which of its events may be pruned. */
interface Prefix {
  journal: StoredJournal;
  upTo: number;
}

/**
 * Prunes what the audit record need not keep any longer: the first events of journals, behind a signed anchor, and
 * only as long as the whole record is as Coffer wrote it (lib/audit/FORMAT.md, "Retention").
 */
export class Retention {
  readonly #anchors: AnchorReader;
  readonly #abort = new AbortController();
  #work: Promise<number> | undefined;

  constructor(
    private readonly door: Door,
    private readonly given: Given,
  ) {
    const { vault, publicKey } = given.checkpoints.anchors;
    this.#anchors = new AnchorReader(vault, publicKey);
  }

  /** Prunes, once a day. Returns how many events. @throws CofferError `tampered` */
  async prune(caller: Caller): Promise<number> {
    return this.door.prepare(caller, { action: "audit.prune" }, async () => {
      demand(caller, "audit.prune");
      this.#work ??= this.#run(caller).finally(() => (this.#work = undefined));
      return this.#work;
    });
  }

  /** Has it end after the present transaction, and waits for that. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#work?.catch(() => undefined);
  }

  #isStopped(): boolean {
    return this.#abort.signal.aborted;
  }

  async #run(caller: Caller): Promise<number> {
    const { keep, verify } = this.given;
    const { store } = this.door;
    const isOff = keep.days === null && keep.events === null;
    if (isOff || this.#isStopped()) return 0;
    const run = await claimRun(this.door);
    if (!run) return 0;
    const total = keep.events === null ? 0 : await eventCount(this.door);
    if ((await this.#prefixes(await this.#limits(run, total))).length === 0) return 0;
    if (this.#isStopped()) return 0;
    const report = await verify(this.#abort.signal);
    if (this.#isStopped()) return 0; // not verified to its end
    if (report.findings > 0) throw tampered();
    // Events that somebody has added count for nothing: only as many as were proven.
    const limits = await this.#limits(run, Math.min(total, report.checked));
    let pruned = 0;
    for (const { journal, upTo } of await this.#prefixes(limits)) {
      for (;;) {
        if (this.#isStopped()) return pruned;
        const some = await this.#pruneSome(caller, run, { journal, upTo }, limits);
        pruned += some;
        if (some < BATCH) break;
        await rest(REST_MS);
      }
    }
    await store.write((tx) => dropMarks(tx, oldestNeeded(run, keep)));
    if (pruned > 0) await store.scrubLog();
    return pruned;
  }

  async #limits(run: DayRun, total: number): Promise<Limit[]> {
    const { days, events } = this.given.keep;
    const byAge = days === null ? null : await limitByAge(this.door, run, days);
    const byCount = events === null ? null : await limitByCount(this.door, run, events, total);
    return [byAge, byCount].filter((limit) => limit !== null);
  }

  /** The journals whose first event may be pruned. The last one of a journal is kept: others are linked to it. */
  async #prefixes(limits: readonly Limit[]): Promise<Prefix[]> {
    const { record } = this.door.store.direct;
    const given = await Promise.all(this.given.sinks.map((sink) => readCursors(this.door, sink)));
    const prefixes: Prefix[] = [];
    const journals = await record.journals();
    const bound = new Set(journals.flatMap((each) => linkOf(each)?.before ?? []).map(([id]) => id));
    for (const [index, journal] of journals.entries()) {
      if (index % 50 === 49) await rest(1);
      if (isUnchained(journal) || bound.has(journal.id)) continue; // bound by one digest, as a whole
      const end = (await record.head(journal.id))?.seq ?? 0;
      const upTo = Math.min(end - 1, ...given.map((cursors) => cursors.get(journal.id) ?? 0));
      const [first] = await record.page(journal.id, 0, 1);
      if (first && Number(first[1]) <= upTo && isDue(limits, first)) {
        prefixes.push({ journal, upTo });
      }
    }
    return prefixes;
  }

  /** Prunes up to a batch of a journal's first events, each of which is held against its MAC in the same transaction. */
  #pruneSome(
    caller: Caller,
    run: DayRun,
    { journal, upTo }: Prefix,
    limits: readonly Limit[],
  ): Promise<number> {
    const { store, journal: own } = this.door;
    const { record } = store.direct;
    const { chain, checkpoints } = this.given;
    const journalId = journal.id;
    return own.commit(async (tx, note) => {
      if (!(await writeDay(tx, "AuditRun", run, run))) return 0; // another run has begun
      const text = await record.anchor(journalId);
      const anchor = this.#anchors.of({ anchor: () => text }, chain, journal);
      if (anchor === "forged") throw tampered();
      const opening = chain.opening(journalId, journal.openedAt, journal.link ?? "");
      const after = anchor?.seq ?? 0;
      let [seq, mac] = [after, anchor?.mac ?? opening];
      for (const event of await record.page(journalId, after, BATCH)) {
        if (Number(event[1]) > upTo || !isDue(limits, event)) break;
        const right = chain.next(mac, event);
        if (event[1] !== seq + 1 || macOf(event) !== right) throw tampered();
        [seq, mac] = [seq + 1, right];
      }
      if (seq === after) return 0;
      const signed = checkpoints.signAnchor(run.at, { journal: journalId, seq, mac, opening });
      await prunePrefix(tx, { journalId, after, seq, text: signed });
      const target = `event ${String(seq)} of journal ${journalId}`;
      note({ caller, action: "audit.prune", target, outcome: "ok" });
      return seq - after;
    });
  }
}

/** Whether one of the limits lets the event go. A time that is none never does. */
function isDue(limits: readonly Limit[], [journalId, seq, at]: StoredEvent): boolean {
  const time = Date.parse(String(at));
  const isSeen = ({ seen }: Limit) => Number(seq) <= (seen.get(String(journalId)) ?? 0);
  return limits.some((limit) => time < limit.before && isSeen(limit));
}

function tampered(): CofferError {
  return new CofferError(
    "tampered",
    "The audit record is not as Coffer wrote it, so nothing more was pruned. `coffer audit verify` says where.",
  );
}
