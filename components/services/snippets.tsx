"use client";

import type { ServiceAction, ServiceInfo } from "../../lib/shapes";
import { CopyIconButton } from "../ui/copy-button";
import { Tabs } from "../ui/tabs";
import { matching } from "./matches";
import {
  CHECK_SNIPPETS,
  RENDER_SNIPPETS,
  RESOLVE_SNIPPETS,
  TOKEN_VARIABLE,
  WRITE_SNIPPETS,
  type Snippet,
} from "./snippet-text";
import { useNames } from "./use-names";

/** Reads a line without showing it, so that the token is in no history and on no screen. */
const SET_TOKEN = `read -rs ${TOKEN_VARIABLE} && export ${TOKEN_VARIABLE}`;

/** Requests that work as they stand: this address, and a name that the service may resolve, check or write. */
export function Snippets({ service }: { service: ServiceInfo }) {
  const names = useNames(service.environment);
  const examples = examplesFor(service);
  if (examples.length === 0) return null;

  /** A name that a rule with the action covers: one that is there, or else one that a rule names. */
  function nameFor(action: ServiceAction): string {
    const patterns = service.rules
      .filter((rule) => rule.actions.includes(action))
      .flatMap((rule) => rule.names);
    const first = names.state === "known" ? matching(names.names, patterns)[0] : undefined;
    return first ?? patterns.find((pattern) => !pattern.includes("*")) ?? "NAME";
  }

  const { demands } = service;
  const tabs = examples.map(({ action, snippet: { id, label, of } }) => {
    const text = of({ origin: window.location.origin, name: nameFor(action), demands });
    const content = <Code text={text} label={`Copy the ${label} example`} name="Example" />;
    return { id, label, content };
  });
  return (
    <section>
      <h3 className="mb-1 font-strong">Use it</h3>
      <p className="mb-2 text-muted">
        The examples read the token from <span className="mono">{TOKEN_VARIABLE}</span>. To set it
        in a shell, run this and paste the token:
      </p>
      <Code text={SET_TOKEN} label="Copy the command that sets the token" name="Set the token" />
      <div className="mt-3">
        <Tabs label="Examples" tabs={tabs} />
      </div>
    </section>
  );
}

/** The examples that this service may run. One that only writes has its own. */
function examplesFor({ rules, demands }: ServiceInfo) {
  const may = (action: ServiceAction) => rules.some(({ actions }) => actions.includes(action));
  const some = (action: ServiceAction, snippets: readonly Snippet[]) =>
    may(action) ? snippets.map((snippet) => ({ action, snippet })) : [];
  const reads = [
    ...some("resolve", RESOLVE_SNIPPETS),
    ...some("resolve", demands.includes("paths") ? [] : RENDER_SNIPPETS),
    ...some("check", CHECK_SNIPPETS),
  ];
  return reads.length > 0 ? reads : some("write", WRITE_SNIPPETS);
}

function Code({ text, label, name }: { text: string; label: string; name: string }) {
  return (
    <div className="relative rounded-md border bg-sunken">
      <pre
        tabIndex={0}
        role="region"
        aria-label={name}
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
