import { RELEASED_AT_ONCE } from "../../lib/bounds";
import { count } from "../ui/amount";

/** What chooses the services that are held: all of them, or as many as can be decided about at once. */
export function chooseWords(held: number): string {
  return held > RELEASED_AT_ONCE
    ? `Choose the first ${count(RELEASED_AT_ONCE)} of ${count(held)}`
    : `Choose all ${count(held)}`;
}

/** Why nothing can be decided about so many; null where it can. */
export function tooManyWords(chosen: number): string | null {
  if (chosen <= RELEASED_AT_ONCE) return null;
  return `At most ${count(RELEASED_AT_ONCE)} at once: take ${count(chosen - RELEASED_AT_ONCE)} out.`;
}
