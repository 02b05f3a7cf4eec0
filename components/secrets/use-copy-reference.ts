"use client";

import { useCallback } from "react";
import { copyText } from "../ui/copy-text";
import { useToaster } from "../ui/toasts";
import { useSyntax, type Syntax } from "./reference";

export type CopyReference = (name: string, syntax?: Syntax) => Promise<boolean>;

/** Copies a secret's reference in the syntax used last, or in `syntax`, which is then the one used last. */
export function useCopyReference(): CopyReference {
  const [inUse, use] = useSyntax();
  const toaster = useToaster();
  return useCallback(
    async (name, syntax = inUse) => {
      const reference = syntax.of(name);
      const copied = await copyText(reference);
      if (copied) {
        use(syntax.id);
        toaster.done(`Copied ${reference}`);
      } else {
        toaster.trouble(`The browser refused to copy. The reference is ${reference}`);
      }
      return copied;
    },
    [inUse, use, toaster],
  );
}
