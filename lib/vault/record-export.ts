import type { RecordEvent } from "../shapes";
import type { RecordFilter } from "../store/record-filter";
import type { RecordPlace } from "../store/record-search";
import type { RecordSearcher } from "../store/record-searcher";
import { cell } from "./export";
import { eventInfo } from "./record-info";

/** Events in memory at once. */
const AT_ONCE = 500;

/** Every event that passes, newest first, some at a time. Who stops asking ends it. */
export async function* eventsOf(
  searcher: RecordSearcher,
  filter: RecordFilter,
): AsyncGenerator<RecordEvent[]> {
  let before: RecordPlace | null | undefined;
  while (before !== null) {
    const page = await searcher.run({ do: "page", filter, before, limit: AT_ONCE });
    if (page.events.length > 0) yield page.events.map(eventInfo);
    before = page.next;
  }
}

/** The same, and `progress` is told how many there were before each time that more are asked for. */
export async function* counted(
  all: AsyncIterable<RecordEvent[]>,
  total: number | null,
  progress: (done: number, total: number | null) => void,
): AsyncGenerator<RecordEvent[]> {
  let done = 0;
  for await (const some of all) {
    yield some;
    done += some.length;
    progress(done, total && Math.max(done, total));
  }
}

/** One JSON object a line. */
export async function* jsonLines(all: AsyncIterable<RecordEvent[]>): AsyncGenerator<string> {
  for await (const some of all) {
    yield some.map((event) => `${JSON.stringify(event)}\n`).join("");
  }
}

const COLUMNS: Record<string, (event: RecordEvent) => string | number | null> = {
  at: ({ at }) => at,
  journal: ({ journal }) => journal,
  seq: ({ seq }) => seq,
  actorKind: ({ actor }) => actor.kind,
  actorId: ({ actor }) => actor.id,
  actorName: ({ actor }) => actor.name,
  action: ({ action }) => action,
  environment: ({ environment }) => environment,
  target: ({ target }) => target,
  names: ({ names }) =>
    names.map(({ name, version }) => (version > 0 ? `${name}@${String(version)}` : name)).join(" "),
  outcome: ({ outcome }) => outcome,
  code: ({ code }) => code,
  address: ({ address }) => address,
  userAgent: ({ userAgent }) => userAgent,
  requestId: ({ requestId }) => requestId,
  tokenId: ({ tokenId }) => tokenId,
  incident: ({ incident }) => incident,
  repeats: ({ repeats }) => repeats,
  mac: ({ mac }) => mac,
};

/** RFC 4180, and no cell that a spreadsheet takes for a formula. */
export async function* csv(all: AsyncIterable<RecordEvent[]>): AsyncGenerator<string> {
  yield `${Object.keys(COLUMNS).join(",")}\r\n`;
  for await (const some of all) {
    yield some.map((event) => `${lineOf(event)}\r\n`).join("");
  }
}

function lineOf(event: RecordEvent): string {
  return Object.values(COLUMNS)
    .map((of) => cell(of(event)))
    .join(",");
}
