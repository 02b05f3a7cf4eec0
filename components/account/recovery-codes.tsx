"use client";

import { CopyButton } from "../ui/copy-button";
import { Notice } from "../ui/notice";

interface RecoveryCodesProps {
  codes: readonly string[];
  onCopied: () => void;
}

/** Recovery codes, the only time that they are shown. */
export function RecoveryCodes({ codes, onCopied }: RecoveryCodesProps) {
  return (
    <>
      <Notice tone="soon" title="Keep these recovery codes">
        This is the only time that they are shown. Each lets you in once, when you don&apos;t have
        your authenticator app. Keep them where that app is not.
      </Notice>
      <ul
        aria-label="Recovery codes"
        className="mono grid grid-cols-2 gap-x-6 gap-y-1 rounded-md border bg-sunken px-4 py-3 select-all"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div>
        <CopyButton autoFocus tone="primary" text={codes.join("\n")} onCopied={onCopied}>
          Copy codes
        </CopyButton>
      </div>
    </>
  );
}

/** What is asked when the codes would be lost. */
export const UNCOPIED_CODES = {
  question: "Close without copying? They are not shown again.",
  keep: "Go back",
  discard: "Close",
};
