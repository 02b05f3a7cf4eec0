"use client";

import { useState, type RefObject } from "react";
import { bytes } from "../ui/amount";
import { CONTROL, Field, UNKEPT } from "../ui/field";
import { useEmptied } from "../ui/use-emptied";

interface ConfigFieldProps {
  /** The text lives in this element alone, and is gone with it. */
  field: RefObject<HTMLTextAreaElement | null>;
  error: string | undefined;
  /** Puts the cursor where the error is, where the error says where that is. */
  onShowFault: (() => void) | undefined;
  onTyped: (text: string) => void;
}

/** Where a config is pasted. Neither Coffer nor the browser keeps it. */
export function ConfigField({ field, error, onShowFault, onTyped }: ConfigFieldProps) {
  const [size, setSize] = useState(0);

  useEmptied(field);

  function take(text: string) {
    setSize(new TextEncoder().encode(text).length);
    onTyped(text);
  }

  return (
    <div>
      <Field
        label="Config"
        hint={
          <span className="flex flex-wrap justify-between gap-x-4">
            <span>
              With references in place of its secrets. It is sent to this Coffer only, and not kept.
            </span>
            <span className="tabular-nums">{bytes(size)}</span>
          </span>
        }
        error={error}
      >
        {(control) => (
          <textarea
            {...control}
            {...UNKEPT}
            ref={field}
            rows={12}
            placeholder={'{"api_key": "$SECRET/OPENAI_API_KEY"}'}
            onInput={(event) => take(event.currentTarget.value)}
            className={`${CONTROL} mono min-h-32 resize-y py-2`}
          />
        )}
      </Field>
      {onShowFault ? (
        <button
          type="button"
          onClick={onShowFault}
          className="mt-1 rounded-sm text-small text-accent-text underline"
        >
          Go to the fault
        </button>
      ) : null}
    </div>
  );
}
