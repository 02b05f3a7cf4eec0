"use client";

import { memo, type KeyboardEvent, type RefObject } from "react";
import { count } from "../ui/amount";
import { adviceOf, type Terms } from "./advice";
import type { Finding, Tone } from "./findings";
import type { Mark, Piece } from "./spot";
import { StatusIcon, statusWords, TONES } from "./status";

/** How a mark is underlined, so that it is not told by its colour alone. */
const LINES: Record<Tone, string> = {
  ok: "decoration-solid decoration-1",
  failed: "decoration-wavy decoration-1",
  warned: "decoration-dotted decoration-2",
};

interface MarkedTextProps {
  box: RefObject<HTMLDivElement | null>;
  /** The characters of the whole text. */
  length: number;
  /** What is drawn of it. */
  shown: { pieces: readonly Piece[]; isCut: boolean };
  /** The last mark that is drawn; -1 for none. */
  last: number;
  findings: readonly Finding[];
  marks: readonly Mark[];
  terms: Terms;
  /** The mark that Tab stops at. */
  stop: number;
  onStop: (mark: number) => void;
  /** A mark was chosen: its finding, by number. */
  onChoose: (finding: number) => void;
}

/** The text that was checked, with each reference marked. Arrow keys move between marks, Enter goes to the list. */
export function MarkedText(props: MarkedTextProps) {
  const { box, length, last, findings, marks, terms, stop, onStop, onChoose } = props;
  const { pieces, isCut } = props.shown;

  function onKeyDown(event: KeyboardEvent) {
    const mark = markOf(event.target);
    if (mark === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = {
      ...{ ArrowRight: mark + 1, ArrowDown: mark + 1, ArrowLeft: mark - 1, ArrowUp: mark - 1 },
      ...{ Home: 0, End: last },
    }[event.key];
    if (event.key === "Enter" || event.key === " ") choose(mark);
    else if (to === undefined) return;
    else {
      const next = Math.max(0, Math.min(to, last));
      onStop(next);
      box.current?.querySelector<HTMLElement>(`[data-mark="${String(next)}"]`)?.focus();
    }
    event.preventDefault();
  }

  function choose(mark: number | undefined) {
    const finding = mark === undefined ? undefined : marks[mark]?.findings[0];
    if (finding !== undefined) onChoose(finding);
  }

  return (
    <div className="min-w-0">
      <div
        ref={box}
        role="region"
        aria-label="The text, marked"
        tabIndex={0}
        onKeyDown={onKeyDown}
        onClick={(event) => choose(markOf(event.target))}
        className="mono max-h-[min(70vh,640px)] overflow-auto rounded-md border bg-sunken px-3 py-2.5 leading-6 break-words whitespace-pre-wrap"
      >
        {pieces.map((piece, index) => {
          const mark = piece.mark === null ? undefined : marks[piece.mark];
          if (piece.mark === null || !mark) return <span key={index}>{piece.text}</span>;
          const worst = findings[worstOf(mark, findings)];
          if (!worst) return null;
          return (
            <MarkInText
              key={index}
              number={piece.mark}
              text={piece.text}
              status={worst.status}
              tone={worst.tone}
              says={mark.findings.map((each) => sayOf(findings[each], terms)).join(" ")}
              isStop={piece.mark === stop}
            />
          );
        })}
      </div>
      {isCut ? (
        <p className="mt-1.5 text-small text-muted">
          Shown are the first {count(pieces.reduce((sum, each) => sum + each.text.length, 0))} of{" "}
          {count(length)} characters. The list has the references of all of them.
        </p>
      ) : null}
    </div>
  );
}

interface MarkInTextProps {
  number: number;
  text: string;
  status: string;
  tone: Tone;
  /** What it is and the fix, for the tip and for screen readers. */
  says: string;
  isStop: boolean;
}

const MarkInText = memo(function MarkInText(props: MarkInTextProps) {
  const { number, text, status, tone, says, isStop } = props;
  return (
    <span
      role="button"
      tabIndex={isStop ? 0 : -1}
      data-mark={number}
      data-tip={says}
      aria-label={`${text}: ${says}`}
      className={`cursor-pointer rounded-sm bg-raised px-0.5 underline underline-offset-4 outline-offset-1 hover:bg-hover focus:bg-hover focus:outline-2 focus:outline-accent ${TONES[tone]} ${LINES[tone]}`}
    >
      <span className="whitespace-nowrap">
        <span className="mr-0.5 inline-block align-[-2px]">
          <StatusIcon status={status} size={13} />
        </span>
        {text.slice(0, 1)}
      </span>
      {text.slice(1)}
    </span>
  );
});

const RANK: readonly Tone[] = ["ok", "warned", "failed"];

/** The finding of a mark that its looks come from. */
function worstOf(mark: Mark, findings: readonly Finding[]): number {
  const rank = (index: number) => RANK.indexOf(findings[index]?.tone ?? "ok");
  return mark.findings.reduce((worst, next) => (rank(next) > rank(worst) ? next : worst));
}

/** What a finding is, and the fix, as a mark says it. */
function sayOf(finding: Finding | undefined, terms: Terms): string {
  if (!finding) return "";
  const advice = adviceOf(finding, terms);
  const parts = [finding.message ?? "", advice?.text ?? "", advice?.link?.label ?? ""];
  const word = statusWords(finding.status);
  const said = parts.filter(Boolean).map((part) => (part.endsWith(".") ? part : `${part}.`));
  return said.length === 0 ? `${word}: it resolves.` : `${word}: ${said.join(" ")}`;
}

function markOf(target: EventTarget): number | undefined {
  const mark = target instanceof Element ? target.closest("[data-mark]") : null;
  return mark ? Number(mark.getAttribute("data-mark")) : undefined;
}
