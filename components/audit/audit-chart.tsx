"use client";

import { useState, type KeyboardEvent, type MouseEvent } from "react";
import type { RecordChart, RecordStep } from "../../lib/shapes";
import { useLive } from "../shell/use-live";
import { count, many } from "../ui/amount";
import { axisTime, exactTime } from "../ui/time";

const READS_PX = 56;
const REFUSED_PX = 28;
/** The least that is drawn of what is there at all. */
const LEAST_PX = 2;

interface AuditChartProps {
  chart: RecordChart;
  /** Goes to the events of a stretch of time. */
  onChoose: (from: string, to: string) => void;
}

/** Reads above the line, refusals and failures below it, each in its own measure. */
export function AuditChart({ chart, onChoose }: AuditChartProps) {
  const { steps, stepMs, countedFrom } = chart;
  const [at, setAt] = useState<number | null>(null);
  const live = useLive();
  const last = steps.length - 1;
  const told = at === null ? undefined : steps[at];
  const totals = { reads: sum(steps, readsOf), refused: sum(steps, refusedOf) };

  function choose(step: RecordStep | undefined) {
    if (!step) return;
    const to = new Date(Date.parse(step.at) + stepMs).toISOString();
    onChoose(step.at > chart.from ? step.at : chart.from, to);
  }

  function onKeyDown(event: KeyboardEvent) {
    const to = {
      ...{
        ArrowLeft: Math.max(0, (at ?? last + 1) - 1),
        ArrowRight: Math.min(last, (at ?? -1) + 1),
      },
      ...{ Home: 0, End: last },
    }[event.key];
    if (to !== undefined) setAt(to);
    else if (event.key === "Enter") choose(told);
    else return;
    event.preventDefault();
  }

  function atPointer(event: MouseEvent<HTMLElement>): number {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return Math.min(last, Math.max(0, Math.floor(((event.clientX - left) / width) * steps.length)));
  }

  return (
    <section aria-label="Over time" className="mb-4 rounded-md border px-3 pt-2.5 pb-2">
      <p className="flex flex-wrap gap-x-4 text-small text-muted">
        <span className="flex items-center gap-1.5">
          <span aria-hidden className="size-2 rounded-sm bg-accent" />
          {many(totals.reads, "read")}
        </span>
        <span className="flex items-center gap-1.5">
          <span aria-hidden className="size-2 rounded-sm bg-danger" />
          {count(totals.refused)} refused or failed
        </span>
        {countedFrom > chart.from && live ? (
          <span>Counted from {exactTime(countedFrom)}: fewer filters count further back.</span>
        ) : null}
      </p>
      <div
        role="slider"
        tabIndex={0}
        aria-label="Time: arrow keys move, Enter shows its events"
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={at ?? last}
        aria-valuetext={live ? wordsOf(steps[at ?? last], stepMs) : ""}
        onKeyDown={onKeyDown}
        onFocus={() => setAt((before) => before ?? last)}
        onBlur={() => setAt(null)}
        onPointerMove={(event) => setAt(atPointer(event))}
        onPointerLeave={() => setAt(null)}
        onClick={(event) => choose(steps[atPointer(event)])} // a tap moves no pointer before
        className="mt-1.5 cursor-pointer touch-pan-y rounded-sm"
      >
        <Bars steps={steps} at={at} />
        <Axis chart={chart} />
      </div>
      <p aria-hidden className="mt-1 min-h-4 text-small text-muted">
        {told && live ? wordsOf(told, stepMs) : " "}
      </p>
      <ChartTable steps={steps} stepMs={stepMs} />
    </section>
  );
}

/** When the bars begin, their middle, and when they end. */
function Axis({ chart: { from, to, steps, stepMs } }: { chart: RecordChart }) {
  const live = useLive();
  const start = Date.parse(steps[0]?.at ?? from);
  const middle = start + (steps.length * stepMs) / 2;
  const span = Date.parse(to) - Date.parse(from);
  return (
    <p
      aria-hidden
      className="mt-0.5 flex min-h-4 justify-between gap-x-2 text-small whitespace-nowrap text-muted tabular-nums"
    >
      {live ? (
        <>
          <span>{axisTime(Math.max(start, Date.parse(from)), span)}</span>
          <span>{axisTime(middle, span)}</span>
          <span>{axisTime(Date.parse(to), span)}</span>
        </>
      ) : null}
    </p>
  );
}

function Bars({ steps, at }: { steps: readonly RecordStep[]; at: number | null }) {
  const most = {
    reads: Math.max(1, ...steps.map(readsOf)),
    refused: Math.max(1, ...steps.map(refusedOf)),
  };
  const heightOf = (amount: number, of: number, px: number) =>
    amount === 0 ? 0 : Math.max(LEAST_PX, (amount / of) * px);
  return (
    <svg
      aria-hidden
      viewBox={`0 0 ${String(steps.length * 10)} ${String(READS_PX + REFUSED_PX + 1)}`}
      preserveAspectRatio="none"
      className="block h-[85px] w-full"
    >
      {steps.map((step, index) => {
        const reads = heightOf(readsOf(step), most.reads, READS_PX);
        const refused = heightOf(refusedOf(step), most.refused, REFUSED_PX);
        const x = index * 10;
        return (
          <g key={step.at}>
            {index === at ? (
              <rect x={x} y={0} width={10} height="100%" className="fill-line" />
            ) : null}
            <rect x={x + 1} y={READS_PX - reads} width={8} height={reads} className="fill-accent" />
            <rect x={x + 1} y={READS_PX + 1} width={8} height={refused} className="fill-danger" />
          </g>
        );
      })}
      <rect x={0} y={READS_PX} width="100%" height={1} className="fill-line-strong" />
    </svg>
  );
}

/** The same as a table, of the steps in which there was anything. */
function ChartTable({ steps, stepMs }: { steps: readonly RecordStep[]; stepMs: number }) {
  const live = useLive();
  const some = steps.filter((step) => readsOf(step) + refusedOf(step) + step.other > 0);
  return (
    <details className="text-small">
      <summary className="w-fit cursor-pointer text-muted hover:text-ink">As a table</summary>
      {live ? (
        <div className="mt-1 max-h-60 overflow-auto" tabIndex={0} role="group" aria-label="Counts">
          <table className="w-full text-left">
            <thead className="text-muted">
              <tr className="*:py-1 *:pr-3 *:font-normal">
                <th scope="col">From</th>
                <th scope="col">Reads</th>
                <th scope="col">Refused</th>
                <th scope="col">Failed</th>
                <th scope="col">Other</th>
              </tr>
            </thead>
            <tbody>
              {some.toReversed().map((step) => (
                <tr key={step.at} className="border-t border-line *:py-1 *:pr-3">
                  <th scope="row" className="font-normal">
                    {exactTime(step.at)}
                  </th>
                  <td>{count(step.reads)}</td>
                  <td>{count(step.denied)}</td>
                  <td>{count(step.failed)}</td>
                  <td>{count(step.other)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className="mt-1 text-muted">Each line is {lengthOf(stepMs)}.</p>
        </div>
      ) : null}
    </details>
  );
}

const readsOf = ({ reads }: RecordStep): number => reads;
const refusedOf = ({ denied, failed }: RecordStep): number => denied + failed;

function sum(steps: readonly RecordStep[], of: (step: RecordStep) => number): number {
  return steps.reduce((total, step) => total + of(step), 0);
}

function wordsOf(step: RecordStep | undefined, stepMs: number): string {
  if (!step) return "";
  const { at, reads, denied, failed, other } = step;
  return `${exactTime(at)}, ${lengthOf(stepMs)}: ${many(reads, "read")}, ${count(denied)} refused, ${count(failed)} failed, ${count(other)} other`;
}

function lengthOf(ms: number): string {
  const [unit, name] =
    ms % 86_400_000 === 0
      ? [86_400_000, "day"]
      : ms % 3_600_000 === 0
        ? [3_600_000, "hour"]
        : [60_000, "minute"];
  return many(ms / unit, name);
}
