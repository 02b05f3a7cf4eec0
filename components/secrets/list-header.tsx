"use client";

import { Plus } from "lucide-react";
import { Button } from "../ui/button";
import { PageHeader } from "../ui/page-header";
import type { SecretQuery } from "./use-secret-list";

interface ListHeaderProps {
  state: SecretQuery["state"];
  /** Nothing where the reader may not create secrets. */
  onNew: (() => void) | undefined;
}

/** The list's heading, and the way to a new secret. */
export function ListHeader({ state, onNew }: ListHeaderProps) {
  return (
    <PageHeader
      title={state === "trashed" ? "Trash" : "Secrets"}
      actions={
        onNew ? (
          <Button
            tone="primary"
            data-tip="New secret (n)"
            icon={<Plus aria-hidden size={16} />}
            onClick={onNew}
          >
            New secret
          </Button>
        ) : null
      }
    />
  );
}
