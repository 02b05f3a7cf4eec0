"use client";

import { useState } from "react";
import type { TwoStepSetup } from "../../lib/shapes";
import { CopyIconButton } from "../ui/copy-button";
import { Field, Input } from "../ui/field";
import { QrCode } from "./qr-code";
import { WRONG_CODE } from "./confirm-identity";

interface ScanAndTypeProps {
  setup: TwoStepSetup;
  code: string;
  isWrong: boolean;
  onChange: (code: string) => void;
}

/** The secret for an authenticator app, as a QR code and as text, and a field for the app's first code. */
export function ScanAndType({ setup, code, isWrong, onChange }: ScanAndTypeProps) {
  const [isTyped, setTyped] = useState(false);
  return (
    <>
      <p>
        Scan this with an authenticator app, such as the one in your password manager. Then type the
        six digits that it shows.
      </p>
      <div className="flex flex-wrap items-start gap-4">
        <QrCode text={setup.uri} label="QR code for your authenticator app" />
        <div className="min-w-0 flex-1 basis-40">
          {isTyped ? (
            <div className="flex flex-col gap-1">
              <p className="text-small text-muted">Key, time-based, 6 digits</p>
              <div className="flex items-start gap-1">
                <code aria-label="Key" className="mono break-words select-all">
                  {setup.secret.replace(/(.{4})(?=.)/g, "$1 ")}
                </code>
                <CopyIconButton text={setup.secret} label="Copy the key" />
              </div>
            </div>
          ) : (
            <button
              type="button"
              className="text-accent-text underline"
              onClick={() => setTyped(true)}
            >
              No camera? Show the key to type
            </button>
          )}
        </div>
      </div>
      <Field label="Code" error={isWrong ? WRONG_CODE : undefined}>
        {(control) => (
          <Input
            {...control}
            className="mono max-w-40"
            inputMode="numeric"
            autoComplete="one-time-code"
            placeholder="123 456"
            data-autofocus
            value={code}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
      </Field>
    </>
  );
}
