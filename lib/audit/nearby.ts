import type { StoredEvent } from "../store/event-rows";
import type { RecordRows } from "../store/journal-rows";
import { macOf, type Chain } from "./chain";

/** How far around an event is looked. */
const FAR = 300;
/** By how much the number of an event is higher than the one under which the MAC before it stands now: 1 where nothing moved. */
const FURTHER = [1, 0, 2];

/**
 * Whether the chain goes on after an event, if not from it: then one was written under its number, because each MAC
 * covers the number, too.
 */
export function goesOn(record: RecordRows, chain: Chain, event: StoredEvent): boolean {
  let previous: StoredEvent | undefined;
  for (const next of record.page(String(event[0]), Number(event[1]), FAR)) {
    const mac = previous && macOf(previous);
    if (typeof mac === "string" && chain.next(mac, next) === macOf(next)) return true;
    previous = next;
  }
  return false;
}

/**
 * The number under which an event was written that stands under another one; null where it is not near. The MAC that it
 * was made of stands before its place, or in it where the two were swapped, or one further where others were renumbered.
 */
export function nearby(
  record: RecordRows,
  chain: Chain,
  event: StoredEvent,
  mac: string,
): number | null {
  const from = Number(event[1]);
  const around = record.page(String(event[0]), from - FAR - 2, 2 * FAR + 2);
  for (const other of around) {
    const previous = macOf(other);
    if (typeof previous !== "string") continue;
    for (const further of FURTHER) {
      const seq = Number(other[1]) + further;
      if (chain.next(previous, event, seq) === mac) return seq;
    }
  }
  return null;
}
