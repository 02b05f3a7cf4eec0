"use client";

import type { ServiceAction, ServiceInfo } from "../../lib/shapes";
import { CopyIconButton } from "../ui/copy-button";
import { Tabs } from "../ui/tabs";
import { matching } from "./matches";
import { RESOLVE_SNIPPETS, TOKEN_VARIABLE, WRITE_SNIPPETS } from "./snippet-text";
import { useNames } from "./use-names";

/** Reads a line without showing it, so that the token is in no history and on no screen. */
const SET_TOKEN = `read -rs ${TOKEN_VARIABLE} && export ${TOKEN_VARIABLE}`;

/** Requests that work as they stand: this address, and a name that the service may resolve or write. */
export function Snippets({ service }: { service: ServiceInfo }) {
  const names = useNames(service.environment);
  const action = actionOf(service);
  if (action === undefined) return null;
  const patterns = service.rules
    .filter((rule) => rule.actions.includes(action))
    .flatMap((rule) => rule.names);
  const first = names.state === "known" ? matching(names.names, patterns)[0] : undefined;
  const name = first ?? patterns.find((pattern) => !pattern.includes("*")) ?? "NAME";
  const example = { origin: window.location.origin, name };
  const snippets = action === "resolve" ? RESOLVE_SNIPPETS : WRITE_SNIPPETS;
  return (
    <section>
      <h3 className="mb-1 font-strong">Use it</h3>
      <p className="mb-2 text-muted">
        The examples read the token from <span className="mono">{TOKEN_VARIABLE}</span>. To set it
        in a shell, run this and paste the token:
      </p>
      <Code text={SET_TOKEN} label="Copy the command that sets the token" name="Set the token" />
      <div className="mt-3">
        <Tabs
          label="Examples"
          tabs={snippets.map(({ id, label, of }) => ({
            ...{ id, label },
            content: <Code text={of(example)} label={`Copy the ${label} example`} name="Example" />,
          }))}
        />
      </div>
    </section>
  );
}

/** What an example for this service does. */
function actionOf({ rules }: ServiceInfo): ServiceAction | undefined {
  const may = (action: ServiceAction) => rules.some(({ actions }) => actions.includes(action));
  return (["resolve", "write"] as const).find(may);
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
