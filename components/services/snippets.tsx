"use client";

import type { ServiceInfo } from "../../lib/shapes";
import { CopyIconButton } from "../ui/copy-button";
import { Tabs } from "../ui/tabs";
import { matching } from "./matches";
import { SNIPPETS } from "./snippet-text";
import { useNames } from "./use-names";

/** Requests that work as they stand: this address, this token, a name that the service may resolve. */
export function Snippets({ service, token }: { service: ServiceInfo; token: string }) {
  const names = useNames(service.environment);
  const patterns = service.rules
    .filter((rule) => rule.actions.includes("resolve"))
    .flatMap((rule) => rule.names);
  const first = names.state === "known" ? matching(names.names, patterns)[0] : undefined;
  const name = first ?? patterns.find((pattern) => !pattern.includes("*")) ?? "NAME";
  const example = { origin: window.location.origin, token, name };
  return (
    <section>
      <h3 className="mb-1 font-strong">Try it</h3>
      <Tabs
        label="Examples"
        tabs={SNIPPETS.map((snippet) => ({
          id: snippet.id,
          label: snippet.label,
          content: <Code text={snippet.of(example)} label={`Copy the ${snippet.label} example`} />,
        }))}
      />
    </section>
  );
}

function Code({ text, label }: { text: string; label: string }) {
  return (
    <div className="relative rounded-md border bg-sunken">
      <pre
        tabIndex={0}
        aria-label="Example"
        className="mono relative overflow-x-auto px-3 py-2.5 pr-10"
      >
        {text}
      </pre>
      <span className="absolute top-1 right-1 rounded-md bg-sunken">
        <CopyIconButton text={text} label={label} />
      </span>
    </div>
  );
}
