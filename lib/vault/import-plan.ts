import { isCofferError } from "../errors";
import { repeatedNames, suggestedName, type Entry } from "../import/entry";
import { isName, NAME_RULE, nameKeyOf } from "../name";
import type { ImportEntry } from "../shapes";
import type { NameMark } from "../store/import-rows";
import { readNameMarks } from "../store/import-rows";
import type { Door } from "./door";
import type { EnvironmentRow } from "./environments";
import type { ReadSource } from "./import-source";
import type { SecretRow } from "./secret-row";
import { valueBytes } from "./value";

/** An entry beside what stands under its name now. */
export interface PlannedEntry {
  readonly info: ImportEntry;
  readonly nameKey: string;
  /** What would be sealed; null where it can't be. */
  readonly value: string | null;
  readonly row: SecretRow | undefined;
  readonly mark: NameMark;
  /** The same under the name that is suggested in place of its own; null where it can't be added under it. */
  readonly renamed: PlannedEntry | null;
}

const NAMES_AT_ONCE = 500;
/** An illegal name may be as long as the file, and is shown to know it again. */
const SHOWN_NAME_LENGTH = 200;

/** What stands under the names of a source, in the vault and in the source itself. */
interface Found {
  rows: ReadonlyMap<string, SecretRow>;
  marks: ReadonlyMap<string, NameMark>;
  /** Where a name that stands more than once stands. */
  repeated: ReadonlyMap<string, readonly string[]>;
  isIntact: (row: SecretRow) => boolean;
}

/** What would become of each entry. Reads outside of any transaction: `mark` tells later whether it still holds. */
export async function planned(
  door: Door,
  environment: EnvironmentRow,
  { entries, format }: ReadSource,
): Promise<PlannedEntry[]> {
  const { db } = door.store;
  // Under the names that are suggested, too: one that something has already is no suggestion.
  const renamed = entries.map((entry) => {
    const name = suggestedName(entry.name);
    return name === null ? entry : { ...entry, name };
  });
  const names = renamed.filter(({ name }) => isName(name)).map(({ name }) => nameKeyOf(name));
  const nameKeys = [...new Set(names)];
  const rows = new Map<string, SecretRow>();
  for (let at = 0; at < nameKeys.length; at += NAMES_AT_ONCE) {
    const some = nameKeys.slice(at, at + NAMES_AT_ONCE);
    const where = { environmentId: environment.id, nameKey: { in: some } };
    for (const row of await db.secret.findMany({ where })) rows.set(row.nameKey, row);
  }
  const marks = await readNameMarks(db, environment.id, nameKeys);
  const isIntact = (row: SecretRow) => door.rows.isIntact("secret", row);
  const found = { rows, marks, isIntact, repeated: repeatedNames(entries) };
  const foundRenamed = { ...found, repeated: repeatedNames(renamed) };
  return entries.map((entry, index) => {
    const other = renamed[index];
    const suggested =
      other === undefined || other === entry
        ? null
        : planOf(other, index, foundRenamed, format, null);
    const canBeAdded = suggested?.info.state === "add" && !suggested.info.duplicate;
    return planOf(entry, index, found, format, canBeAdded ? suggested : null);
  });
}

function planOf(
  entry: Entry,
  index: number,
  { rows, marks, repeated, isIntact }: Found,
  format: ReadSource["format"],
  renamed: PlannedEntry | null,
): PlannedEntry {
  const nameKey = nameKeyOf(entry.name);
  const row = isName(entry.name) ? rows.get(nameKey) : undefined;
  const twins = entry.leftOut === undefined ? repeated.get(nameKey) : undefined;
  // Of one table the admin chooses; a file of one's own is mended.
  const isChoice = format === "tyk";
  const trouble =
    entry.problem ??
    problemOf(entry) ??
    (twins && !isChoice ? standsAgain(twins) : undefined) ??
    (row && !isIntact(row) ? TAMPERED : undefined);
  const isTaken = trouble === undefined && entry.leftOut === undefined;
  return {
    ...{ nameKey, row, renamed, value: isTaken ? entry.value : null },
    mark: { mac: row?.mac ?? null, purgedVersion: marks.get(nameKey)?.purgedVersion ?? 0 },
    info: {
      entry: index,
      name: entry.name.slice(0, SHOWN_NAME_LENGTH).toWellFormed(),
      ...{ place: entry.place, description: entry.description },
      bytes: entry.value === null ? null : Buffer.byteLength(entry.value),
      state: stateOf(entry, trouble, row),
      version: row?.currentVersion ?? null,
      reason: trouble ?? entry.leftOut ?? (twins ? standsAgain(twins) : null),
      suggestion: renamed?.info.name ?? null,
      duplicate: twins !== undefined,
    },
  };
}

const TAMPERED =
  "The secret of that name was changed by something other than Coffer. See Settings, Integrity.";

function stateOf(
  { leftOut }: Entry,
  trouble: string | undefined,
  row: SecretRow | undefined,
): ImportEntry["state"] {
  if (trouble !== undefined) return "invalid";
  if (leftOut !== undefined) return "left_out";
  if (row === undefined) return "add";
  return row.deletedAt === null ? "exists" : "trashed";
}

function problemOf({ name, value, leftOut }: Entry): string | undefined {
  if (leftOut !== undefined) return undefined;
  if (!isName(name)) return `A secret's name is ${NAME_RULE}.`;
  try {
    valueBytes(value ?? "");
    return undefined;
  } catch (error) {
    if (isCofferError(error)) return error.message;
    throw error;
  }
}

function standsAgain(places: readonly string[]): string {
  const shown = places.slice(0, 5).join(", ");
  const more = places.length > 5 ? ` and ${String(places.length - 5)} more` : "";
  return `The name stands ${String(places.length)} times, in ${shown}${more}. Names are compared without regard to case; only one of them can be taken.`;
}
