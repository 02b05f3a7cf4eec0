"use client";

import { ExternalLink } from "lucide-react";
import { useMemo, useState } from "react";
import type { RowKeys } from "../shell/use-row-keys";
import { Button } from "../ui/button";
import { count } from "../ui/amount";
import { adviceOf, type Advice, type Terms } from "./advice";
import type { Finding } from "./findings";
import type { Mark } from "./spot";
import { StatusIcon, statusWords, TONES } from "./status";

const ROWS = 300;
const PLACES = 3;

interface FindingGridProps {
  findings: readonly Finding[];
  marks: readonly Mark[];
  terms: Terms;
  rows: RowKeys;
  /** A row was chosen: its mark, by number. */
  onChoose: (mark: number) => void;
}

/** Every reference and warning of a report, what needs work first. Enter or a click leads to its mark. */
export function FindingGrid({ findings, marks, terms, rows, onChoose }: FindingGridProps) {
  const [most, setMost] = useState(ROWS);
  const firstMarks = useMemo(() => firstMarkOf(marks), [marks]);
  const { grid, stop, handlers } = rows;
  const shown = Math.max(most, Number(stop ?? 0) + 1); // a mark may have led to a row further down
  return (
    <div className="min-w-0">
      <div
        ref={grid}
        role="grid"
        aria-label="References"
        aria-rowcount={findings.length + 1}
        {...handlers}
        className="max-h-[min(70vh,640px)] overflow-auto rounded-md border"
      >
        <div role="rowgroup">
          <div
            role="row"
            className="finding-columns sticky top-0 z-10 h-8 items-center border-b bg-sunken text-small text-muted"
          >
            <span role="columnheader">Status</span>
            <span role="columnheader">Reference</span>
          </div>
        </div>
        <div role="rowgroup">
          {findings.slice(0, shown).map((finding, index) => (
            <FindingRow
              key={index}
              row={String(index)}
              finding={finding}
              advice={adviceOf(finding, terms)}
              isStop={String(index) === stop}
              mark={firstMarks.get(index)}
              onChoose={onChoose}
            />
          ))}
        </div>
      </div>
      {shown < findings.length ? (
        <Button className="mt-2" onClick={() => setMost(shown + ROWS)}>
          Show more: {count(findings.length - shown)} left
        </Button>
      ) : null}
    </div>
  );
}

interface FindingRowProps {
  row: string;
  finding: Finding;
  advice: Advice | null;
  isStop: boolean;
  mark: number | undefined;
  onChoose: (mark: number) => void;
}

function FindingRow({ row, finding, advice, isStop, mark, onChoose }: FindingRowProps) {
  const { status, tone, text, message, places } = finding;
  return (
    <div
      role="row"
      data-name={row}
      className="finding-columns relative row-line items-start py-2 hover:bg-hover focus-within:bg-hover"
    >
      <div role="gridcell" className={`flex items-center gap-1.5 ${TONES[tone]}`}>
        <StatusIcon status={status} />
        <span className="min-w-0 break-words">{statusWords(status)}</span>
      </div>
      <div role="gridcell" className="min-w-0">
        <button
          type="button"
          data-row-link
          tabIndex={isStop ? 0 : -1}
          onClick={() => (mark === undefined ? undefined : onChoose(mark))}
          className="mono block max-w-full rounded-sm text-left break-all after:absolute after:inset-0"
        >
          {text}
          {mark === undefined ? null : <span className="sr-only">: show it in the text</span>}
        </button>
        <Places places={places} />
        {message ? <p className="break-words text-muted">{message}</p> : null}
        {advice ? <AdviceLine advice={advice} isStop={isStop} /> : null}
      </div>
    </div>
  );
}

/** Where a finding stands: JSON pointers, or lines and columns. */
function Places({ places }: { places: readonly string[] }) {
  const known = places.filter((place, index) => place !== "" || index === 0);
  const more = known.length - PLACES;
  return (
    <p className="mono text-small break-all text-muted">
      {known
        .slice(0, PLACES)
        .map((place) => (place === "" ? "(all of it)" : place))
        .join(", ")}
      {more > 0 ? ` and ${count(more)} more` : null}
    </p>
  );
}

function AdviceLine({ advice: { text, link }, isStop }: { advice: Advice; isStop: boolean }) {
  return (
    <p className="wrap-anywhere">
      {text}{" "}
      {link ? (
        <a
          href={link.href}
          target="_blank"
          rel="noopener"
          tabIndex={isStop ? 0 : -1}
          className="relative z-1 rounded-sm wrap-anywhere text-accent-text underline"
        >
          {link.label}
          <ExternalLink aria-hidden size={12} className="ml-1 inline align-[-1px]" />
          <span className="sr-only"> (in a new tab: what you pasted stays here)</span>
        </a>
      ) : null}
    </p>
  );
}

/** By finding: the first of its marks. */
function firstMarkOf(marks: readonly Mark[]): Map<number, number> {
  const first = new Map<number, number>();
  marks.forEach(({ findings }, mark) => {
    for (const finding of findings) if (!first.has(finding)) first.set(finding, mark);
  });
  return first;
}
