"use client";

import { useRef, useState, type SubmitEvent } from "react";
import { useKeys } from "../shell/use-keys";
import { Button } from "../ui/button";
import { CONTROL } from "../ui/field";
import { faultsOf, RANGES, type AuditFilters } from "./audit-url";
import { ACTIONS } from "./event-words";

interface FiltersProps {
  filters: AuditFilters;
  onAsk: (filters: AuditFilters) => void;
}

const TEXTS = [
  ["actor", "Who", "e-mail or service"],
  ["secret", "Secret", "NAME"],
  ["action", "Action", "secrets.rotate"],
  ["address", "Address", "10.0.3.0/24"],
] as const;

const OUTCOMES = [
  ["", "Any outcome"],
  ["ok", "Done"],
  ["denied", "Refused"],
  ["failed", "Failed"],
] as const;

/** More than any filter can have: what is too long is told rather than cut off. */
const MOST_TYPED = 400;

/** What is looked for. It is in the address, so that a search can be sent to somebody. */
export function AuditFiltersForm({ filters, onAsk }: FiltersProps) {
  const [typed, setTyped] = useState(filters);
  const first = useRef<HTMLInputElement>(null);
  useKeys({ "/": () => first.current?.select() });
  const wrong = new Set(faultsOf(filters).map(({ name }) => name));

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    onAsk(typed);
  }

  return (
    <form
      role="search"
      aria-label="Audit record"
      onSubmit={submit}
      autoComplete="off"
      className="mb-3 grid grid-cols-[repeat(auto-fill,minmax(136px,1fr))] items-end gap-2"
    >
      {TEXTS.map(([name, label, example]) => (
        <label key={name} className="flex min-w-0 flex-col gap-1 text-small text-muted">
          {label}
          <input
            type="text"
            ref={name === TEXTS[0][0] ? first : undefined}
            name={name}
            value={typed[name]}
            placeholder={example}
            spellCheck={false}
            maxLength={MOST_TYPED}
            {...(wrong.has(name) ? { "aria-invalid": true } : {})}
            {...(name === "action" ? { list: "audit-actions" } : {})}
            onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
            className={`${CONTROL} h-8 text-base`}
          />
        </label>
      ))}
      <datalist id="audit-actions">
        {ACTIONS.map((action) => (
          <option key={action} value={action} />
        ))}
      </datalist>
      <label className="flex min-w-0 flex-col gap-1 text-small text-muted">
        Outcome
        <select
          value={typed.outcome}
          onChange={(event) => {
            onAsk({ ...typed, outcome: event.target.value });
          }}
          className={`${CONTROL} h-8 text-base`}
        >
          {wrong.has("outcome") ? <option value={typed.outcome}>{typed.outcome}</option> : null}
          {OUTCOMES.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label className="flex min-w-0 flex-col gap-1 text-small text-muted">
        Time
        <select
          value={typed.from || typed.to ? "chosen" : typed.range}
          onChange={(event) => {
            onAsk({ ...typed, range: event.target.value, from: "", to: "" });
          }}
          className={`${CONTROL} h-8 text-base`}
        >
          {typed.from || typed.to ? <option value="chosen">As chosen</option> : null}
          {wrong.has("range") ? <option value={typed.range}>{typed.range}</option> : null}
          {RANGES.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <Button type="submit">Search</Button>
    </form>
  );
}
