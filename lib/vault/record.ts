import type { Caller } from "../access/caller";
import { CofferError, isCofferError } from "../errors";
import { isSlug } from "../name";
import type { RecordPage } from "../shapes";
import { lower, type RecordFilter } from "../store/record-filter";
import type { RecordPlace } from "../store/record-search";
import type { Seen } from "../store/record-seen";
import type { RecordSearcher } from "../store/record-searcher";
import { demand, recordable, type Door } from "./door";
import { chartOf } from "./record-chart";
import { RecordCursors } from "./record-cursor";
import { counted, csv, eventsOf, jsonLines } from "./record-export";
import { foundInfo } from "./record-info";
import { eventCount } from "./retention-run";
import { wordsOfService } from "./service-names";
import type { AuditRecord, RecordFilters, RecordQuery } from "./vault";

const DEFAULT_LIMIT = 100;

/**
 * Reading the audit record: by admins and auditors, and itself on record.
 * @param cursorKey the purpose key `record-cursor`
 */
export function recordFunctions(
  door: Door,
  searcher: RecordSearcher,
  cursorKey: Uint8Array,
): AuditRecord {
  const cursors = new RecordCursors(cursorKey, () => door.now().getTime());
  const safe = unavailableUnlessRead(searcher);

  /** One page of a search that was put on record at `asked`. */
  async function pageOf(
    caller: Caller,
    { cursor: _, newer: __, limit = DEFAULT_LIMIT, chart, ...filters }: RecordQuery,
    { asked, before, after }: { asked: number; before?: RecordPlace; after?: Seen },
  ): Promise<RecordPage> {
    const filter = await filterOf(door, filters);
    const { events, next, seen } = await safe.run({ do: "page", filter, before, after, limit });
    if (after && !seen) throw lostTrack();
    return {
      items: events.map(foundInfo),
      nextCursor: next && cursors.older(caller, filters, next, asked),
      lookedBackTo: next?.at ?? null,
      newerCursor: seen && cursors.newer(caller, filters, seen, asked),
      chart: chart === true ? await chartOf(safe, filter, door.now().getTime()) : null,
    };
  }

  /** Where a search goes on. Null for one that begins. */
  function goingOn(caller: Caller, { cursor, newer, limit: _, chart, ...filters }: RecordQuery) {
    if (cursor === undefined && newer === undefined) return null;
    return () => {
      if (chart === true || (cursor !== undefined && newer !== undefined)) throw notTogether();
      if (newer !== undefined) {
        const { place: after, asked } = cursors.readNewer(caller, filters, newer);
        return { after, asked };
      }
      const { place: before, asked } = cursors.readOlder(caller, filters, cursor ?? "");
      return { before, asked };
    };
  }

  return {
    search(caller, query) {
      const { cursor: _, newer: __, limit: ___, chart: ____, ...filters } = query;
      const attempt = { action: "audit.search", target: inWords(filters) };
      const on = goingOn(caller, query);
      if (on === null) {
        return door.read(caller, attempt, async () => {
          demand(caller, "audit.read");
          return { answer: await pageOf(caller, query, { asked: door.now().getTime() }) };
        });
      }
      return door.prepare(caller, attempt, async () => {
        demand(caller, "audit.read");
        return pageOf(caller, query, on());
      });
    },

    exported(caller, { format, ...filters }, progress) {
      const attempt = { action: "audit.export", target: inWords(filters) };
      return door.read(caller, attempt, async () => {
        demand(caller, "audit.read");
        const found = eventsOf(safe, await filterOf(door, filters));
        const isAll = Object.values(filters).every((value) => value === undefined);
        const events = progress
          ? counted(found, isAll ? await eventCount(door) : null, progress)
          : found;
        const now = door.now().toISOString();
        return {
          answer: {
            mediaType: format === "csv" ? "text/csv" : "application/x-ndjson",
            fileName: `coffer-audit-${now.slice(0, 19).replaceAll(":", "-")}Z.${format}`,
            pieces: format === "csv" ? csv(events) : jsonLines(events),
          },
        };
      });
    },
  };
}

/** The filter that is looked for. A service is known by its id and by every name that it has had. */
async function filterOf({ store: { db } }: Door, filters: RecordFilters): Promise<RecordFilter> {
  const { secret, service, from, to, ...same } = filters;
  return {
    ...same,
    ...(secret !== undefined && { secret: lower(secret) }),
    ...(service !== undefined && { services: await wordsOfService(db, service) }),
    ...(from !== undefined && { from: Date.parse(from) }),
    ...(to !== undefined && { to: Date.parse(to) }),
  };
}

/** What was looked for, for the record: what Coffer knows the words of as it is, of the rest only that it was asked. */
function inWords({
  action,
  secret,
  outcome,
  environment,
  from,
  to,
  ...rest
}: RecordFilters): string {
  const told = {
    action: action !== undefined && /^[a-z_.]{1,64}$/.test(action) ? action : undefined,
    secret: recordable(secret ?? ""),
    environment: environment !== undefined && isSlug(environment) ? environment : undefined,
    ...{ outcome, from, to },
  };
  const others = Object.entries(rest).filter(([, value]) => value !== undefined);
  return [
    ...Object.entries(told).flatMap(([name, value]) =>
      value === undefined ? [] : `${name}=${value}`,
    ),
    ...others.map(([name]) => `${name}=…`),
  ].join(" ");
}

function notTogether(): CofferError {
  return new CofferError(
    "invalid_request",
    "`cursor` and `newer` go on in a search: one of them at a time, and without `chart`.",
  );
}

/** What is new can't be told any more, as where many processes have come and gone since: nothing is left out unsaid. */
function lostTrack(): CofferError {
  return new CofferError(
    "invalid_request",
    "Too much has changed since this search to tell what is new. Search again.",
  );
}

/** The same, where what goes wrong is told as what it means. */
function unavailableUnlessRead(searcher: RecordSearcher): RecordSearcher {
  return {
    run: (task) =>
      searcher.run(task).catch((cause: unknown) => {
        if (isCofferError(cause)) throw cause;
        throw new CofferError(
          "unavailable",
          "The audit record can't be searched at the moment. Try again in a moment.",
          { cause },
        );
      }),
    close: () => searcher.close(),
  };
}
