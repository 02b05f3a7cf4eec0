"use client";

import { useState } from "react";
import type { ImportEntry, ImportReport } from "../../lib/shapes";
import type { Problem } from "../api";
import { count, many } from "../ui/amount";
import { Button } from "../ui/button";
import { CONTROL } from "../ui/field";
import { Notice, Trouble } from "../ui/notice";
import { EntryTable } from "./entry-table";
import type { Chosen, Work } from "./import-calls";
import { beyondNewFields, NewFields, type NewFieldsForm } from "./new-fields";
import { WorkProgress } from "./work-progress";

const FORMATS: Record<ImportReport["format"], string> = {
  ...{ dotenv: ".env", json: "JSON", yaml: "YAML", tyk: "Tyk AI Studio" },
};

interface PreviewProps {
  report: ImportReport;
  busy: boolean;
  problem: Problem | null;
  work: Work | null;
  /** What all new ones get. */
  forNew: NewFieldsForm;
  onTake: (chosen: Chosen) => Promise<void>;
  onLookAgain: () => Promise<unknown>;
  onBack: () => void;
}

const FILTERS = {
  all: { label: "Everything", shows: () => true },
  add: { label: "New", shows: ({ state }: ImportEntry) => state === "add" },
  exists: { label: "Exists", shows: ({ state }: ImportEntry) => state === "exists" },
  not: {
    label: "Can't be taken",
    shows: ({ state }: ImportEntry) => state !== "add" && state !== "exists",
  },
} as const;
type Filter = keyof typeof FILTERS;

/** What would become of each entry, and the choice. No value is in it. */
export function Preview(props: PreviewProps) {
  const { report, busy, problem, work, forNew, onTake, onLookAgain, onBack } = props;
  const { environment, entries, format, notes } = report;
  const [chosen, setChosen] = useState<Chosen>(() => newOnes(entries));
  const [filter, setFilter] = useState<Filter>("all");
  const rotations = [...chosen.values()].filter((as) => as === "rotate").length;
  const additions = chosen.size - rotations;
  const changed = problem?.code === "import_conflict";

  function choose(some: readonly ImportEntry[], on: boolean) {
    const next = new Map(chosen);
    for (const { entry, state } of some) {
      if (on) next.set(entry, WAYS[state] ?? "suggested");
      else next.delete(entry);
    }
    setChosen(next);
  }

  return (
    <div className="flex flex-col gap-4">
      <p role="status">
        {entries.length === 0
          ? `Read as ${FORMATS[format]}, there is nothing in it.`
          : `Read as ${FORMATS[format]}: ${many(entries.length, "entry").replace(/entrys$/, "entries")}. Nothing is written yet.`}
      </p>
      {notes.map((note) => (
        <Notice key={note} tone="soon">
          {note}
        </Notice>
      ))}
      {entries.length > 0 ? (
        <>
          <label className="flex items-center gap-2">
            Show
            <span className="w-56">
              <select
                value={filter}
                onChange={(event) => setFilter(event.target.value as Filter)}
                className={`${CONTROL} h-8`}
              >
                {(Object.keys(FILTERS) as Filter[]).map((each) => (
                  <option key={each} value={each}>
                    {FILTERS[each].label} ({count(entries.filter(FILTERS[each].shows).length)})
                  </option>
                ))}
              </select>
            </span>
          </label>
          <EntryTable
            key={filter}
            entries={entries.filter(FILTERS[filter].shows)}
            chosen={chosen}
            onChoose={choose}
          />
        </>
      ) : null}
      {additions > 0 ? (
        <NewFields form={forNew} problem={problem} hasOthers={rotations > 0} />
      ) : null}
      <Trouble problem={additions > 0 ? beyondNewFields(problem) : problem} />
      <div className="sticky bottom-0 flex flex-wrap items-center gap-2 border-t bg-page py-3">
        <Button
          tone="primary"
          busy={busy}
          disabled={chosen.size === 0 || changed}
          onClick={() => void onTake(chosen)}
        >
          {busy ? "Importing…" : `Import ${count(chosen.size)}`}
        </Button>
        {changed ? <Button onClick={() => void onLookAgain()}>Look again</Button> : null}
        <Button tone="quiet" onClick={onBack}>
          Back
        </Button>
        <p className="min-w-0 flex-1 basis-60 text-small text-muted">
          {summary(environment, additions, rotations)}
        </p>
        <WorkProgress work={work} />
      </div>
    </div>
  );
}

/** What becomes of an entry that is chosen; else it is added under the name that is suggested. */
const WAYS: Partial<Record<ImportEntry["state"], "add" | "rotate">> = {
  ...{ add: "add", exists: "rotate" },
};

function newOnes(entries: readonly ImportEntry[]): Chosen {
  const fresh = entries.filter(({ state, duplicate }) => state === "add" && !duplicate);
  return new Map(fresh.map(({ entry }) => [entry, "add"]));
}

function summary(environment: string, additions: number, rotations: number): string {
  if (additions + rotations === 0) return "Nothing is chosen.";
  const what = [
    ...(additions > 0 ? [many(additions, "new secret")] : []),
    ...(rotations > 0 ? [`${many(rotations, "new version")} of what exists`] : []),
  ];
  return `${what.join(" and ")} in ${environment}: all of it or nothing. This is the last time anyone can see these values.`;
}
