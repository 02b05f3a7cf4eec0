import { randomUUID } from "node:crypto";
import { contentOf } from "../store/event-rows";
import { tipOf, type Tip } from "../store/journal-rows";
import type { Store } from "../store/store";
import type { Chain } from "./chain";
import { Ending } from "./ending";
import { eventRow, type Happening } from "./event";
import { linkNow } from "./link";

/**
 * A journal that has so many events is full. Numbers are 32-bit columns on PostgreSQL, which hold 2^31-1: what is left is for
 * the events of the commits that have found room.
 */
export const MOST_EVENTS = 2_000_000_000;

/** By what a process writes all of its journals. */
export interface Writing {
  store: Store;
  now: () => Date;
  chain: Chain;
  /** When a journal is full. */
  mostEvents: number;
}

/**
 * Writes a journal's row and first event, in one transaction that reads what they are linked to.
 * @param began told where it ends, before anything else can be written
 */
export async function openNext(
  { store, now, chain }: Writing,
  first: Happening,
  began: (ending: Ending) => void = () => undefined,
): Promise<Ending> {
  const id = randomUUID();
  const at = now();
  const row = eventRow(first, at);
  const openedAt = at.toISOString();
  let ending = new Ending(id, chain, "");
  let tip: Tip | undefined;
  await store.openJournal(
    (record) => {
      const link = JSON.stringify(linkNow(record));
      ending = new Ending(id, chain, chain.opening(id, openedAt, link));
      const placed = ending.begin(record).place([contentOf(row)]);
      tip = tipOf(placed);
      const [event = []] = placed;
      return { journal: { id, openedAt: at, link }, first: event };
    },
    () => {
      ending.committed(tip);
      began(ending);
    },
  );
  return ending;
}
