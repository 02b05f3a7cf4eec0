"use client";

import { useEffect, useRef, useState } from "react";
import type { ImportEntry } from "../../lib/shapes";
import { bytes, count } from "../ui/amount";
import { Button } from "../ui/button";
import type { Chosen } from "./import-calls";

/** Rows drawn at once: the table stays quick with ten thousand entries. */
const AT_ONCE = 200;

interface EntryTableProps {
  entries: readonly ImportEntry[];
  chosen: Chosen;
  onChoose: (entries: readonly ImportEntry[], on: boolean) => void;
}

/** The entries of an import with what would become of each. */
export function EntryTable({ entries, chosen, onChoose }: EntryTableProps) {
  const [drawn, setDrawn] = useState(AT_ONCE);
  const open = entries.filter(canBeTaken);
  const amount = open.filter(({ entry }) => chosen.has(entry)).length;
  const rest = entries.length - drawn;
  return (
    <>
      <div className="relative overflow-x-auto rounded-md border">
        <table className="w-full text-left">
          <thead className="bg-sunken text-small text-muted">
            <tr className="h-8 *:px-3 *:font-normal *:whitespace-nowrap">
              <th scope="col" className="w-10">
                <AllBox
                  all={open.length > 0 && amount === open.length}
                  some={amount > 0}
                  disabled={open.length === 0}
                  onChange={(on) => onChoose(open, on)}
                />
              </th>
              <th scope="col">Name</th>
              <th scope="col">What becomes of it</th>
              <th scope="col">Where</th>
              <th scope="col" className="text-right">
                Size
              </th>
            </tr>
          </thead>
          <tbody>
            {entries.slice(0, drawn).map((entry) => (
              <EntryRow
                key={entry.entry}
                entry={entry}
                as={chosen.get(entry.entry)}
                onChoose={(on) => onChoose([entry], on)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {rest > 0 ? (
        <div>
          <Button onClick={() => setDrawn(drawn + AT_ONCE)}>
            Show {count(Math.min(rest, AT_ONCE))} more of {count(rest)}
          </Button>
        </div>
      ) : null}
    </>
  );
}

function canBeTaken({ state }: ImportEntry): boolean {
  return state === "add" || state === "exists";
}

interface AllBoxProps {
  all: boolean;
  some: boolean;
  disabled: boolean;
  onChange: (on: boolean) => void;
}

function AllBox({ all, some, disabled, onChange }: AllBoxProps) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = some && !all;
  }, [some, all]);
  return (
    <input
      ref={box}
      type="checkbox"
      aria-label="Choose all that are shown"
      checked={all}
      disabled={disabled}
      onChange={(event) => onChange(event.target.checked)}
      className="size-4 accent-accent"
    />
  );
}

type As = "add" | "rotate" | "suggested" | undefined;

interface EntryRowProps {
  entry: ImportEntry;
  as: As;
  onChoose: (on: boolean) => void;
}

function EntryRow({ entry, as, onChoose }: EntryRowProps) {
  const { name, place, bytes: size, suggestion } = entry;
  return (
    <tr className="border-t align-top *:px-3 *:py-2.5">
      <td>
        <input
          type="checkbox"
          aria-label={`Import ${name}`}
          checked={as !== undefined}
          disabled={!canBeTaken(entry) && as === undefined}
          onChange={(event) => onChoose(event.target.checked)}
          className="mt-0.5 size-4 accent-accent"
        />
      </td>
      <td className="mono max-w-80 min-w-28 break-all">{name === "" ? "(no name)" : name}</td>
      <td className="min-w-44">
        <p className={entry.state === "invalid" && as === undefined ? "text-danger-text" : ""}>
          {words(entry, as)}
        </p>
        {entry.description !== "" && (entry.state === "add" || as === "suggested") ? (
          <p className="text-small break-words text-muted">
            With the description “{entry.description}”
          </p>
        ) : null}
        {entry.reason && as !== "suggested" ? (
          <p className="text-small text-muted">{entry.reason}</p>
        ) : null}
        {suggestion ? (
          <Button
            className="mt-1.5 h-auto min-h-7 py-0.5 text-left whitespace-normal"
            onClick={() => onChoose(as === undefined)}
          >
            {as === undefined ? (
              <span>
                Take it as <span className="mono break-all">{suggestion}</span>
              </span>
            ) : (
              <span>
                Leave out<span className="sr-only"> {name}</span>
              </span>
            )}
          </Button>
        ) : null}
      </td>
      <td className="text-muted whitespace-nowrap">{place}</td>
      <td className="text-right text-muted whitespace-nowrap tabular-nums">
        {size === null ? "" : bytes(size)}
      </td>
    </tr>
  );
}

function words({ state, version, suggestion }: ImportEntry, as: As): string {
  if (as === "suggested") return `New secret, as ${suggestion ?? ""}`;
  switch (state) {
    case "add":
      return as === undefined ? "New, left out" : "New secret";
    case "exists":
      return as === undefined
        ? `Exists at v${String(version ?? "")}: left as it is`
        : `New version of what exists, after v${String(version ?? "")}`;
    case "trashed":
      return "In the trash: restore or purge it first";
    case "left_out":
      return "Left out";
    case "invalid":
      return "Can't be taken";
    case "added":
      return "Added";
    case "rotated":
      return `Rotated to v${String(version ?? "")}`;
  }
}
