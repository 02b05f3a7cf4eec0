import Link from "next/link";
import type { ImportEntry, ImportReport } from "../../lib/shapes";
import { secretUrl } from "../secrets/list-url";
import { many } from "../ui/amount";
import { Notice } from "../ui/notice";

/** Names shown one by one. */
const SHOWN = 50;

/** What an import has done. */
export function Done({ report: { environment, entries } }: { report: ImportReport }) {
  const written = entries.filter(({ state }) => state === "added" || state === "rotated");
  const added = written.filter(({ state }) => state === "added").length;
  const rotated = written.length - added;
  const what = [
    ...(added > 0 ? [many(added, "new secret")] : []),
    ...(rotated > 0 ? [many(rotated, "new version")] : []),
  ];
  return (
    <div role="status" className="flex max-w-[760px] flex-col gap-4">
      <Notice title={`Imported: ${what.join(" and ")} in ${environment}`}>
        <p>
          Put references where the values were, then delete the file they came from: it still holds
          them.
        </p>
      </Notice>
      <ul className="flex flex-col gap-1">
        {written.slice(0, SHOWN).map((entry) => (
          <li key={entry.entry} className="flex flex-wrap items-baseline gap-x-3">
            <Link
              href={secretUrl(environment, entry.name)}
              prefetch={false}
              className="mono break-all hover:underline"
            >
              {entry.name}
            </Link>
            <span className="text-small text-muted">{outcome(entry)}</span>
          </li>
        ))}
      </ul>
      {written.length > SHOWN ? (
        <p className="text-muted">And {many(written.length - SHOWN, "more secret")}.</p>
      ) : null}
    </div>
  );
}

function outcome({ state, version }: ImportEntry): string {
  return `${state === "added" ? "added" : "rotated"}, v${String(version ?? "")}`;
}
