"use client";

import { Eye, EyeOff } from "lucide-react";
import { useState, type RefObject } from "react";
import { Generator } from "../generator/generator";
import { bytes, count } from "./amount";
import { CONTROL, Field, UNKEPT } from "./field";
import { useEmptied } from "./use-emptied";

const MAX_BYTES = 65_536;

interface ValueFieldProps {
  /** The value lives in this element alone, never in state: read it when saving, empty it after. */
  field: RefObject<HTMLTextAreaElement | null>;
  label: string;
  error: string | undefined;
  /** How many bytes are in it now. */
  onTyped: (bytes: number) => void;
}

/**
 * Where a secret's value is typed or generated: many lines, hidden unless shown, not kept by the browser, and emptied
 * when the reader leaves.
 */
export function ValueField({ field, label, error, onTyped }: ValueFieldProps) {
  const [shown, setShown] = useState(false);
  const [typed, setTyped] = useState({ bytes: 0, newline: false });
  const [generated, setGenerated] = useState(false);
  useEmptied(field);

  function measure(element: HTMLTextAreaElement, isGenerated: boolean) {
    const { value } = element;
    const size = new TextEncoder().encode(value).length;
    setTyped({ bytes: size, newline: value.endsWith("\n") });
    setGenerated(isGenerated);
    element.setCustomValidity(tooLong(size) ?? "");
    onTyped(size);
  }

  function put(value: string) {
    const element = field.current;
    if (!element) return;
    element.setRangeText(value, 0, element.value.length, "end");
    measure(element, true);
  }

  return (
    <div className="flex flex-col gap-3">
      <Field label={label} error={tooLong(typed.bytes) ?? error} hint={<Measure {...typed} />}>
        {(control) => (
          <div className="relative">
            <textarea
              {...control}
              {...UNKEPT}
              ref={field}
              rows={5}
              required
              onInput={(event) => measure(event.currentTarget, false)}
              className={`${CONTROL} mono min-h-24 resize-y py-2 pr-20 break-all ${shown ? "" : "masked"}`}
            />
            <button
              type="button"
              aria-pressed={shown}
              onClick={() => setShown(!shown)}
              className="absolute top-1.5 right-1.5 inline-flex h-6 items-center gap-1 rounded-sm bg-raised px-1.5 text-small text-muted hover:bg-hover hover:text-ink"
            >
              {shown ? <EyeOff aria-hidden size={14} /> : <Eye aria-hidden size={14} />}
              {shown ? "Hide" : "Show"}
              <span className="sr-only"> what is being typed</span>
            </button>
          </div>
        )}
      </Field>
      <Generator
        holds={typed.bytes === 0 ? "nothing" : generated ? "generated" : "typed"}
        onGenerate={put}
        read={() => field.current?.value ?? ""}
      />
    </div>
  );
}

function Measure({ bytes: size, newline }: { bytes: number; newline: boolean }) {
  return (
    <span className="flex flex-wrap justify-between gap-x-4">
      <span>
        {bytes(size)} of {count(MAX_BYTES)}
      </span>
      {newline ? <span className="text-soon-text">Ends with a newline, which is kept.</span> : null}
    </span>
  );
}

function tooLong(size: number): string | undefined {
  if (size <= MAX_BYTES) return undefined;
  return `Too long by ${bytes(size - MAX_BYTES)}. A value has at most ${count(MAX_BYTES)} bytes.`;
}
