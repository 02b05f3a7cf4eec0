import { CofferError } from "../errors";
import type { ImportChoice, ImportRequest } from "./import-request";
import type { PlannedEntry } from "./import-plan";

/** An entry that is to be written, and how. */
export interface ChosenEntry {
  readonly planned: PlannedEntry;
  readonly as: "add" | "rotate";
}

/** Entries that an error names. */
const MOST_NAMED = 1_000;

/**
 * What an import is to write: what was chosen, or all that can be.
 * @throws CofferError `import_refused`, `import_conflict`, `invalid_request`
 */
export function chosenEntries(
  plan: readonly PlannedEntry[],
  { choose, existing = "leave", invalid = "refuse" }: ImportRequest,
): ChosenEntry[] {
  const chosen = choose
    ? choose.map((choice) => byChoice(plan, choice))
    : plan.flatMap((planned) => byDefault(planned, existing));
  const bad = choose
    ? chosen.map(({ planned }) => planned).filter(({ value }) => value === null)
    : invalid === "refuse"
      ? plan.filter(({ info }) => info.state === "invalid" || info.duplicate)
      : [];
  if (bad.length > 0) throw refused(bad);
  requireOnce(chosen);
  requireStates(
    chosen.map(({ planned, as }, at) => ({ planned, as, version: choose?.[at]?.version })),
  );
  return chosen;
}

function byChoice(plan: readonly PlannedEntry[], { entry, as, name }: ImportChoice): ChosenEntry {
  const planned = plan[entry];
  if (!planned) {
    throw new CofferError("invalid_request", `The source has no entry ${String(entry)}.`);
  }
  if (name === undefined) return { planned, as };
  if (planned.renamed?.info.name === name) return { planned: planned.renamed, as };
  const { state, version } = planned.info;
  throw conflict([{ name: planned.info.name, state, version }]);
}

function byDefault(planned: PlannedEntry, existing: "leave" | "rotate"): ChosenEntry[] {
  const { state, duplicate } = planned.info;
  if (duplicate) return [];
  if (state === "add") return [{ planned, as: "add" }];
  return state === "exists" && existing === "rotate" ? [{ planned, as: "rotate" }] : [];
}

/** One name, one value: the same entry twice, or two of one name, would leave it open which is meant. */
function requireOnce(chosen: readonly ChosenEntry[]): void {
  const seen = new Set<string>();
  const again = chosen.filter(({ planned: { nameKey } }) => seen.size === seen.add(nameKey).size);
  if (again.length > 0) throw refused(again.map(({ planned }) => planned));
}

interface Wanted extends ChosenEntry {
  version: number | undefined;
}

function requireStates(chosen: readonly Wanted[]): void {
  const changed = chosen.flatMap(({ planned: { info }, as, version }) => {
    if (as === "add" && info.state === "add") return [];
    const isAsSeen = version === undefined || version === info.version;
    if (as === "rotate" && info.state === "exists" && isAsSeen) return [];
    return [{ name: info.name, state: info.state, version: info.version }];
  });
  if (changed.length > 0) throw conflict(changed);
}

/** The error for names that are not as they were chosen, with how they are now. */
export function conflict(
  conflicts: readonly { name: string; state: string; version: number | null }[],
): CofferError {
  const first = conflicts[0]?.name ?? "";
  const more = conflicts.length > 1 ? ` and ${String(conflicts.length - 1)} more` : "";
  return new CofferError(
    "import_conflict",
    `Nothing was imported: ${first}${more} changed since the preview, or can't be added or rotated as chosen. Look at the preview again, then choose.`,
    { details: { conflicts: conflicts.slice(0, MOST_NAMED) } },
  );
}

function refused(bad: readonly PlannedEntry[]): CofferError {
  const named = bad.slice(0, MOST_NAMED).map(({ info: { entry, name, place, reason } }) => ({
    ...{ entry, name, place },
    reason: reason ?? "It is chosen twice.",
  }));
  const count = bad.length === 1 ? "An entry" : `${bad.length.toLocaleString("en")} entries`;
  return new CofferError(
    "import_refused",
    `Nothing was imported. ${count} can't be taken, the first at ${named[0]?.place ?? ""}: ${named[0]?.reason ?? ""} Mend the source, or leave such entries out.`,
    { details: { entries: named } },
  );
}
