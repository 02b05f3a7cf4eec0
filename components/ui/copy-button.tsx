"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState, type ComponentProps } from "react";
import { Button, IconButton } from "./button";
import { copyText } from "./copy-text";
import { useToaster } from "./toasts";

/** Copies and says so: true for a moment after it worked. */
export function useCopied(): [copied: boolean, copy: (text: string) => Promise<boolean>] {
  const [copied, setCopied] = useState(false);
  const toaster = useToaster();

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);

  async function copy(text: string) {
    const ok = await copyText(text);
    setCopied(ok);
    if (!ok) toaster.trouble("The browser refused to copy. Select the text and copy it yourself.");
    return ok;
  }
  return [copied, copy];
}

/** A small button that copies `text`. */
export function CopyIconButton({ text, label }: { text: string; label: string }) {
  const [copied, copy] = useCopied();
  return (
    <IconButton label={label} tip={copied ? "Copied" : label} onClick={() => void copy(text)}>
      <CopyMark copied={copied} />
      <Said copied={copied} />
    </IconButton>
  );
}

interface CopyButtonProps extends ComponentProps<typeof Button> {
  text: string;
  onCopied?: () => void;
}

/** A button with words that copies `text`. */
export function CopyButton({ text, onCopied, children, ...rest }: CopyButtonProps) {
  const [copied, copy] = useCopied();
  return (
    <Button
      {...rest}
      icon={<CopyMark copied={copied} />}
      onClick={() => void copy(text).then((ok) => (ok ? onCopied?.() : undefined))}
    >
      {children}
      <Said copied={copied} />
    </Button>
  );
}

export function CopyMark({ copied }: { copied: boolean }) {
  return copied ? (
    <Check aria-hidden size={16} className="shrink-0" />
  ) : (
    <Copy aria-hidden size={16} className="shrink-0" />
  );
}

function Said({ copied }: { copied: boolean }) {
  return (
    <span role="status" className="sr-only">
      {copied ? "Copied" : ""}
    </span>
  );
}
