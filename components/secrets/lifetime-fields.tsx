"use client";

import type { Problem } from "../api";
import { Button } from "../ui/button";
import { Field, Input } from "../ui/field";
import { EXPIRY_PAST } from "./lifetime";
import type { LifetimeForm } from "./use-lifetime";

interface LifetimeFieldsProps {
  form: LifetimeForm;
  problem: Problem | null;
}

/** How often a secret is to be rotated, and when it expires. Both may be left empty. */
export function LifetimeFields({ form, problem }: LifetimeFieldsProps) {
  const { value, troubles, fields, change, leave } = form;
  return (
    <>
      <Field
        label="Rotate every … days"
        aside="optional"
        hint="Coffer reminds you when it is due. It changes no value by itself."
        error={troubles.rotateEvery ?? problem?.at("rotateEveryDays")}
      >
        {(control) => (
          <Input
            {...control}
            ref={fields.rotateEvery}
            className="max-w-32"
            inputMode="numeric"
            autoComplete="off"
            maxLength={20}
            placeholder="90"
            value={value.rotateEvery}
            onChange={(event) => change("rotateEvery", event.target.value)}
            onBlur={() => leave("rotateEvery")}
          />
        )}
      </Field>
      <Field
        label="Expires"
        aside="optional"
        hint={`In your time zone, ${zone()}. From then on it does not resolve.`}
        error={troubles.expires ?? (problem?.at("expiresAt") && EXPIRY_PAST)}
      >
        {(control) => (
          <div className="flex gap-2">
            <Input
              {...control}
              ref={fields.expires}
              type="datetime-local"
              max="9999-12-31T23:59"
              className="max-w-60 min-w-0"
              value={value.expires}
              onChange={(event) => change("expires", event.target.value)}
              onBlur={() => leave("expires")}
            />
            {value.expires ? (
              <Button
                tone="quiet"
                onClick={() => {
                  change("expires", "");
                  fields.expires.current?.focus();
                }}
              >
                Clear<span className="sr-only"> the expiry</span>
              </Button>
            ) : null}
          </div>
        )}
      </Field>
    </>
  );
}

function zone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
