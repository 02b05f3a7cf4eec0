"use client";

import { useState } from "react";
import { Button } from "../ui/button";
import { CopyMark } from "../ui/copy-button";
import { copyText } from "../ui/copy-text";
import { useToaster } from "../ui/toasts";

/** Copies what was generated, once: for where it is to be set, too. */
export function CopyGenerated({ read }: { read: () => string }) {
  const [copied, setCopied] = useState(false);
  const toaster = useToaster();

  async function copy() {
    if (await copyText(read())) setCopied(true);
    else toaster.trouble("The browser refused to copy. Show the value, select it and copy it.");
  }

  return (
    <span className="-mr-3 ml-auto">
      <Button
        tone="quiet"
        busy={copied}
        data-tip="Once, to set it where it is used. It stays in the clipboard until you copy something else."
        icon={<CopyMark copied={copied} />}
        onClick={() => void copy()}
      >
        {copied ? "Copied" : "Copy it once"}
      </Button>
      <span role="status" className="sr-only">
        {copied ? "Copied. It stays in the clipboard until you copy something else." : ""}
      </span>
    </span>
  );
}
