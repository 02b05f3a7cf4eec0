import { isName, nameKeyOf } from "../name";

/** The formats of text that secrets are imported from. */
export const TEXT_FORMATS = ["dotenv", "json", "yaml"] as const;
export type TextFormat = (typeof TEXT_FORMATS)[number];

/** More entries than this are refused: as many as are checked, sealed and written in a few seconds. */
export const MAX_ENTRIES = 10_000;

/** What a source has under one name. It lives as long as the request that brought it. */
export interface Entry {
  /** As it is written there. Not yet looked at. */
  readonly name: string;
  /** Where it stands, for people: `line 3`, `row 12`. */
  readonly place: string;
  readonly description: string;
  /** What would be sealed; null where there is a `problem`, or where it is left out. */
  readonly value: string | null;
  /** Why it can't be taken, in words that quote nothing of the value. */
  readonly problem?: string | undefined;
  /** Why it is left out without being wrong: deleted there, or empty. */
  readonly leftOut?: string | undefined;
}

/** A legal name that is like `name`; null if `name` is legal, or has nothing to make one of. */
export function suggestedName(name: string): string | null {
  if (isName(name)) return null;
  const plain = name.trim().replaceAll(/[^A-Za-z0-9_]/g, "_");
  const suggestion = (/^[0-9]/.test(plain) ? `_${plain}` : plain).slice(0, 128);
  return isName(suggestion) && /[A-Za-z0-9]/.test(suggestion) ? suggestion : null;
}

/** The entries that share a name with others, without regard to case: by that name, where each stands. */
export function repeatedNames(entries: readonly Entry[]): Map<string, string[]> {
  const places = new Map<string, string[]>();
  for (const { name, place, leftOut } of entries) {
    if (leftOut !== undefined) continue;
    const key = nameKeyOf(name);
    places.set(key, [...(places.get(key) ?? []), place]);
  }
  for (const [key, found] of places) if (found.length < 2) places.delete(key);
  return places;
}
