"use client";

import { compilePatterns } from "../../lib/access/rules";
import { nameKeyOf } from "../../lib/name";
import { count, many } from "../ui/amount";
import type { Names } from "./use-names";
import { futureInWords } from "./words";

const SHOWN = 8;

interface MatchesProps {
  names: Names;
  patterns: readonly string[];
}

/** What patterns match now, and what they will match. */
export function Matches({ names, patterns }: MatchesProps) {
  if (patterns.length === 0) return null;
  const future = [...new Set(patterns.flatMap((pattern) => futureInWords(pattern) ?? []))];
  return (
    <div role="status" className="rounded-md border bg-sunken px-3 py-2 text-small">
      <Now names={names} patterns={patterns} />
      {future.length > 0 ? (
        <p className="mt-1 text-muted">And later: {future.join("; ")}.</p>
      ) : null}
    </div>
  );
}

function Now({ names, patterns }: MatchesProps) {
  if (names.state === "loading") return <p className="text-muted">Looking up what matches…</p>;
  if (names.state === "failed")
    return <p className="text-muted">What matches is not known: {names.why}</p>;
  const matches = matching(names.names, patterns);
  const among = names.isAll ? "" : ` among the first ${count(names.names.length)}`;
  if (matches.length === 0) return <p>Matches no secret now{among}.</p>;
  const more = matches.length - SHOWN;
  return (
    <>
      <p>
        Matches {many(matches.length, "secret")} now{among}:
      </p>
      <ul className="mt-1 flex flex-wrap gap-x-3">
        {matches.slice(0, SHOWN).map((name) => (
          <li key={name} className="mono max-w-full truncate">
            {name}
          </li>
        ))}
        {more > 0 ? <li className="text-muted">and {count(more)} more</li> : null}
      </ul>
    </>
  );
}

/** The names that any of the patterns matches, as the resolver would decide it. */
export function matching(names: readonly string[], patterns: readonly string[]): string[] {
  const matches = compilePatterns(patterns);
  return names.filter((name) => matches(nameKeyOf(name)));
}
