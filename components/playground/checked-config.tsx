"use client";

import { useMemo, useRef, useState } from "react";
import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { useRowKeys } from "../shell/use-row-keys";
import { count, many } from "../ui/amount";
import type { Terms } from "./advice";
import { FindingGrid } from "./finding-grid";
import { tally, type Finding } from "./findings";
import { MarkedText } from "./marked-text";
import { piecesOf } from "./spot";
import { statusWords } from "./status";
import type { Checked } from "./use-check";

/** What is drawn of a text: a browser is slow with more. The list has every reference all the same. */
const SHOWN = { characters: 65_536, marks: 1_000 };

interface CheckedConfigProps {
  checked: Checked;
  /** Whether the text was edited since. */
  isStale: boolean;
  terms: Terms;
}

/** What a check said: in a line, in the text, and as a list. Text and list lead to each other. */
export function CheckedConfig({ checked, isStale, terms }: CheckedConfigProps) {
  const { request, findings, marks } = checked;
  const text = useRef<HTMLDivElement>(null);
  const [stop, setStop] = useState(0);
  const shown = useMemo(() => piecesOf(request.text, marks, SHOWN), [request.text, marks]);
  const last = shown.pieces.reduce((most, { mark }) => Math.max(most, mark ?? -1), -1);
  const rows = useRowKeys(findings.map((_, index) => String(index)));

  function focusMark(mark: number) {
    const element = text.current?.querySelector<HTMLElement>(`[data-mark="${String(mark)}"]`);
    setStop(mark);
    element?.focus();
    element?.scrollIntoView({ block: "nearest" });
  }

  return (
    <section aria-labelledby="summary" className="mt-8">
      <Summary findings={findings} />
      <p className="mb-3 min-h-5 text-muted">
        {isStale
          ? "The text was changed since: this is about the text as it was. Check it again."
          : "A check opens no value. Whether a value has a member, or fits its place, only resolving tells."}
      </p>
      <div className="grid items-start gap-4 rail:grid-cols-2">
        <MarkedText
          box={text}
          length={request.text.length}
          {...{ shown, last, findings, marks, terms, stop }}
          onStop={setStop}
          onChoose={(finding) => rows.focusRow(finding)}
        />
        {findings.length > 0 ? (
          <FindingGrid
            {...{ findings, terms, rows }}
            marks={marks.slice(0, last + 1)}
            onChoose={focusMark}
          />
        ) : null}
      </div>
    </section>
  );
}

function Summary({ findings }: { findings: readonly Finding[] }) {
  const references = findings.filter(({ tone }) => tone !== "warned");
  return (
    <div className="mb-1 flex flex-wrap items-center gap-x-4 gap-y-1">
      <h2 id="summary" className="flex items-center gap-2 text-large font-strong">
        <SummaryIcon
          isGood={references.every(({ tone }) => tone === "ok")}
          hasWarnings={findings.length > references.length}
          hasAny={references.length > 0}
        />
        {howMany(references)}
      </h2>
      <p className="text-muted">{whatElse(findings)}</p>
    </div>
  );
}

/** A report in a line: "3 of 5 references resolve, 1 missing · 1 denied". */
export function summaryOf(findings: readonly Finding[]): string {
  const references = findings.filter(({ tone }) => tone !== "warned");
  return [howMany(references), whatElse(findings)].filter(Boolean).join(", ");
}

function howMany(references: readonly Finding[]): string {
  const ok = references.filter(({ tone }) => tone === "ok").length;
  const all = references.length;
  if (all === 0) return "No references in this text";
  if (all === 1) return ok === 1 ? "The reference resolves" : "The reference does not resolve";
  if (ok === all) return `All ${count(all)} references resolve`;
  return `${count(ok)} of ${count(all)} references resolve`;
}

function whatElse(findings: readonly Finding[]): string {
  return [...tally(findings)]
    .filter(([status]) => status !== "ok")
    .map(([status, amount]) =>
      status === "warning" ? many(amount, "warning") : `${count(amount)} ${statusWords(status)}`,
    )
    .join(" · ");
}

interface SummaryIconProps {
  isGood: boolean;
  hasWarnings: boolean;
  hasAny: boolean;
}

function SummaryIcon({ isGood, hasWarnings, hasAny }: SummaryIconProps) {
  if (!isGood) return <CircleAlert aria-hidden size={18} className="text-danger-text" />;
  if (hasWarnings) return <TriangleAlert aria-hidden size={18} className="text-soon-text" />;
  return hasAny ? <CircleCheck aria-hidden size={18} className="text-checked-text" /> : null;
}
