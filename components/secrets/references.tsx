"use client";

import { CopyIconButton } from "../ui/copy-button";
import { SYNTAXES } from "./reference";

/** A secret's references in every syntax, each ready to copy. */
export function References({ name }: { name: string }) {
  return (
    <ul className="divide-y divide-line rounded-md border">
      {SYNTAXES.map((syntax) => (
        <li key={syntax.id} className="flex items-center gap-2 py-1.5 pr-1.5 pl-3">
          <div className="min-w-0 flex-1">
            <code className="mono block break-all">{syntax.of(name)}</code>
            <span className="text-small text-muted">{syntax.usedBy}</span>
          </div>
          <CopyIconButton text={syntax.of(name)} label={`Copy ${syntax.of(name)}`} />
        </li>
      ))}
    </ul>
  );
}
