"use client";

import { Plus } from "lucide-react";
import { Button, ButtonLink } from "../ui/button";
import { Menu, MenuItem, MenuLabel } from "../ui/menu";
import { PageHeader } from "../ui/page-header";
import type { Permissions } from "./permissions";
import type { SecretQuery } from "./use-secret-list";

interface ListHeaderProps {
  environment: string;
  can: Pick<Permissions, "import" | "export">;
  state: SecretQuery["state"];
  /** Nothing where the reader may not create secrets. */
  onNew: (() => void) | undefined;
}

/** The list's heading, and the way to a new secret. */
export function ListHeader({ environment, can, state, onNew }: ListHeaderProps) {
  const files = `/api/v1/export?environment=${encodeURIComponent(environment)}&format=`;
  return (
    <PageHeader
      title={state === "trashed" ? "Trash" : "Secrets"}
      actions={
        <>
          {can.export ? (
            <Menu label="Export" trigger={<Button tone="quiet">Export</Button>}>
              <MenuLabel>All but the values</MenuLabel>
              <MenuItem onChoose={() => location.assign(`${files}csv`)}>CSV</MenuItem>
              <MenuItem onChoose={() => location.assign(`${files}json`)}>JSON</MenuItem>
            </Menu>
          ) : null}
          {can.import ? <ButtonLink href={`/e/${environment}/import`}>Import</ButtonLink> : null}
          {onNew ? (
            <Button
              tone="primary"
              data-tip="New secret (n)"
              icon={<Plus aria-hidden size={16} />}
              onClick={onNew}
            >
              New secret
            </Button>
          ) : null}
        </>
      }
    />
  );
}
