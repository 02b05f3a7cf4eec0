import type { Caller } from "../access/caller";
import { CofferError, isCofferError } from "../errors";
import { isSlug } from "../name";
import type { RecordPage } from "../shapes";
import { lower, type RecordFilter } from "../store/record-filter";
import type { RecordPlace } from "../store/record-search";
import type { RecordSearcher } from "../store/record-searcher";
import { demand, recordable, type Door } from "./door";
import { chartOf } from "./record-chart";
import { RecordCursors } from "./record-cursor";
import { counted, csv, eventsOf, jsonLines } from "./record-export";
import { eventInfo } from "./record-info";
import { eventCount } from "./retention-run";
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
    { cursor, newer, limit = DEFAULT_LIMIT, chart, ...filters }: RecordQuery,
    asked: number,
  ): Promise<RecordPage> {
    const filter = await filterOf(door, filters);
    const place = (text: string | undefined) =>
      text === undefined ? undefined : cursors.read(caller, filters, text).place;
    const [before, after] = [place(cursor), place(newer)];
    const page = await safe.run({ do: "page", filter, before, after, limit });
    const write = (at: RecordPlace) => cursors.write(caller, filters, at, asked);
    const newest = page.events[0] ?? after ?? { at: isoOf(asked), journalId: "", seq: 0 };
    return {
      items: page.events.map(eventInfo),
      nextCursor: page.next && write(page.next),
      lookedBackTo: page.next?.at ?? null,
      newerCursor: before ? null : write(newest),
      chart: chart === true ? await chartOf(safe, filter, door.now().getTime()) : null,
    };
  }

  return {
    search(caller, query) {
      const { cursor, newer, limit: _limit, chart, ...filters } = query;
      const attempt = { action: "audit.search", target: inWords(filters) };
      const held = cursor ?? newer;
      if (held === undefined) {
        return door.read(caller, attempt, async () => {
          demand(caller, "audit.read");
          return { answer: await pageOf(caller, query, door.now().getTime()) };
        });
      }
      return door.prepare(caller, attempt, async () => {
        demand(caller, "audit.read");
        if (chart === true || (cursor !== undefined && newer !== undefined)) throw notTogether();
        return pageOf(caller, query, cursors.read(caller, filters, held).asked);
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

const isoOf = (time: number): string => new Date(time).toISOString();

/** The filter that is looked for. A service is known by its id and by its name. */
async function filterOf({ store: { db } }: Door, filters: RecordFilters): Promise<RecordFilter> {
  const { secret, service, from, to, ...same } = filters;
  const known =
    service === undefined
      ? []
      : await db.service.findMany({
          where: { OR: [{ id: service }, { name: service }] },
          select: { id: true, name: true },
        });
  return {
    ...same,
    ...(secret !== undefined && { secret: lower(secret) }),
    ...(service !== undefined && {
      services: [...new Set([service, ...known.flatMap(({ id, name }) => [id, name])].map(lower))],
    }),
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
