"use client";

import { useRouter } from "next/navigation";
import { useCallback, useEffect, useRef, type RefObject } from "react";
import type { SecretInfo } from "../../lib/shapes";
import { Problem } from "../api";
import { useToaster } from "../ui/toasts";
import { restoreSecret } from "./trash-secret";
import type { SecretList, SecretQuery } from "./use-secret-list";

interface ListChanges {
  changed: (secret: SecretInfo) => void;
  gone: (name: string) => void;
  restore: (secret: SecretInfo) => Promise<void>;
}

interface Focus {
  focusRow: (index: number) => void;
  search: RefObject<HTMLInputElement | null>;
}

/** What happens to the list after a change. When a row has gone, focus is left on the one in its place. */
export function useListChanges(list: SecretList, query: SecretQuery, focus: Focus): ListChanges {
  const router = useRouter();
  const toaster = useToaster();
  const leaving = useRef<{ name: string; at: number } | null>(null);
  const { items, replace, remove } = list;
  const { focusRow, search } = focus;

  useEffect(() => {
    const left = leaving.current;
    if (!left || items.some((secret) => secret.name === left.name)) return;
    leaving.current = null;
    if (items.length > 0) focusRow(left.at);
    else search.current?.focus();
  }, [focusRow, items, search]);

  const changed = useCallback(
    (secret: SecretInfo) => {
      replace(secret);
      router.refresh();
    },
    [replace, router],
  );

  const gone = useCallback(
    (name: string) => {
      leaving.current = { name, at: items.findIndex((secret) => secret.name === name) };
      remove(name);
      router.refresh();
    },
    [items, remove, router],
  );

  const restore = useCallback(
    async (secret: SecretInfo) => {
      try {
        await restoreSecret(secret.environment, secret.name);
        toaster.done(`Restored ${secret.name}`);
        if (query.state === "trashed") gone(secret.name);
        else router.refresh();
      } catch (error) {
        const failed = `${secret.name} was not restored. Try again.`;
        toaster.trouble(error instanceof Problem ? error.message : failed);
      }
    },
    [gone, query.state, router, toaster],
  );

  return { changed, gone, restore };
}
