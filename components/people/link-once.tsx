"use client";

import type { LinkInfo } from "../../lib/shapes";
import { Ago } from "../ui/clock";
import { CopyButton } from "../ui/copy-button";
import { CloseButton, ModalBody, ModalFooter } from "../ui/modal";
import { Notice } from "../ui/notice";
import { exactTime } from "../ui/time";

/** What is asked when a link would be lost. */
export const UNCOPIED = {
  question: "Close without copying? It is not shown again.",
  keep: "Go back",
  discard: "Close",
};

interface LinkOnceProps {
  link: LinkInfo;
  email: string;
  onCopied: () => void;
}

/** A one-time link, the only time that it is shown: whom it is for, and until when it works. */
export function LinkOnce({ link, email, onCopied }: LinkOnceProps) {
  return (
    <>
      <ModalBody>
        <Notice tone="soon" title="Copy it now">
          This is the only time that it is shown. Coffer keeps a hash of it and sends no e-mail.
        </Notice>
        <p className="break-words">
          Send it to <strong className="font-strong">{email}</strong> and nobody else, in a way that
          you trust: whoever opens it chooses the password.
        </p>
        <div className="flex flex-col gap-2">
          <code
            aria-label="Link"
            className="mono rounded-md border bg-sunken px-3 py-2 break-all select-all"
          >
            {link.url}
          </code>
          <div>
            <CopyButton autoFocus tone="primary" text={link.url} onCopied={onCopied}>
              Copy link
            </CopyButton>
          </div>
        </div>
        <p className="text-muted">
          It works once, until {exactTime(link.expiresAt)} (<Ago at={link.expiresAt} />
          ). A newer link replaces it.
        </p>
      </ModalBody>
      <ModalFooter>
        <CloseButton>Done</CloseButton>
      </ModalFooter>
    </>
  );
}
