import { stdoutSink, fileSink } from "../audit/sink-file";
import type { Sink } from "../audit/sink";
import { webhookSink } from "../audit/sink-webhook";
import type { SinkInfo } from "../shapes";
import { STDOUT, type Sinks } from "../sinks";
import { demand, type Door } from "./door";
import { rest } from "./every-value";
import { readCursors } from "./sink-lease";
import type { AuditSinks } from "./vault";

const JOURNALS_AT_ONCE = 200;
/** What is newer is on its way: looking at a page puts events on record, too. */
const ON_ITS_WAY_MS = 15_000;

/** The sinks of the configuration. Nothing is opened before something is delivered. */
export function openSinks({ stream, webhook }: Sinks, now: () => Date): Sink[] {
  const sinks: Sink[] = [];
  if (stream !== null) sinks.push(stream === STDOUT ? stdoutSink() : fileSink(stream));
  if (webhook !== null) sinks.push(webhookSink(webhook, now));
  return sinks;
}

/** What people are told of the sinks. */
export function sinkFunctions(door: Door, sinks: readonly Sink[]): AuditSinks {
  return {
    list: (caller) =>
      door.read(caller, { action: "audit.sinks" }, async () => {
        demand(caller, "audit.sinks");
        return { answer: await Promise.all(sinks.map((sink) => sinkInfo(door, sink))) };
      }),
  };
}

async function sinkInfo(door: Door, { kind, to }: Sink): Promise<SinkInfo> {
  const row = await door.store.db.auditSink.findUnique({ where: { id: kind } });
  const { waiting, oldest } = await whatWaits(door, kind);
  const isBehind = oldest !== null && oldest < door.now().getTime() - ON_ITS_WAY_MS;
  return {
    ...{ kind, to, waiting },
    state: row?.failingSince ? "failing" : isBehind ? "behind" : "up_to_date",
    deliveredAt: row?.deliveredAt?.toISOString() ?? null,
    failingSince: row?.failingSince?.toISOString() ?? null,
    problem: row?.problem ?? null,
  };
}

/** How many events of all journals come after the sink's cursors, and when the oldest of them was. */
async function whatWaits(
  door: Door,
  sinkId: string,
): Promise<{ waiting: number; oldest: number | null }> {
  const { direct } = door.store;
  const cursors = await readCursors(door, sinkId);
  let waiting = 0;
  let oldest: number | null = null;
  for (let after = ""; ;) {
    const page = await direct.readJournalEnds(after, JOURNALS_AT_ONCE);
    for (const { journalId, end } of page) {
      const cursor = cursors.get(journalId) ?? 0;
      if (end <= cursor) continue;
      // What was pruned before there was the sink does not wait.
      for (const { at, seq } of await direct.readEventsAfter(journalId, cursor, 1)) {
        waiting += end - seq + 1;
        oldest = Math.min(oldest ?? Infinity, Date.parse(at));
      }
    }
    const last = page.at(-1);
    if (!last || page.length < JOURNALS_AT_ONCE) return { waiting, oldest };
    after = last.journalId;
    await rest(0);
  }
}
