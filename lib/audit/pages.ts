import type { StoredEvent } from "../store/event-rows";
import type { RecordRows } from "../store/journal-rows";

/** Events read at once. */
const PAGE = 1_000;

/** All that stands under a journal's id, by its numbers: also what has a number that Coffer does not give. */
export function* pagesOf(record: RecordRows, journalId: string): Generator<StoredEvent[]> {
  let after = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const page = record.page(journalId, after, PAGE);
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    after = Number(page.at(-1)?.[1]);
  }
}
