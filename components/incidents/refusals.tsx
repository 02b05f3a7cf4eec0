import type { RefusalInfo } from "../../lib/shapes";
import { count } from "../ui/amount";
import { Ago } from "../ui/clock";

/** Who was refused: a service that its rules do not let, or somebody who tried what they may not. */
export function Refusals({ refusals }: { refusals: readonly RefusalInfo[] }) {
  return (
    <details className="rounded-md border">
      <summary className="cursor-pointer px-3 py-2">
        Refused: {count(refusals.reduce((sum, refusal) => sum + refusal.count, 0))} attempts
      </summary>
      <ul aria-label="Refused attempts" className="divide-y divide-line border-t">
        {refusals.map(({ by, address, action, code, count: times, firstAt, lastAt }) => (
          <li
            key={[by.kind, by.id, by.name, address, action, code].join(" ")}
            className="flex flex-wrap items-baseline justify-between gap-x-3 px-3 py-1.5"
          >
            <span className="min-w-0 break-words">
              <span className="font-strong">{by.name}</span> from{" "}
              <span className="mono">{address}</span>: {action} ({code})
            </span>
            <span className="text-small text-muted">
              {count(times)}×, {firstAt === lastAt ? "" : <Since at={firstAt} />}
              last <Ago at={lastAt} />
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Since({ at }: { at: string }) {
  return (
    <>
      first <Ago at={at} />,{" "}
    </>
  );
}
