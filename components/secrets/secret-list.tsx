"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useCallback, useEffect, useRef, useState, useTransition } from "react";
import type { EnvironmentInfo, Page, SecretInfo } from "../../lib/shapes";
import { Problem } from "../api";
import { useKeys } from "../shell/use-keys";
import { count } from "../ui/amount";
import { Button } from "../ui/button";
import { PageHeader } from "../ui/page-header";
import { useToaster } from "../ui/toasts";
import { ListEmpty } from "./list-empty";
import { ListToolbar } from "./list-toolbar";
import { listUrl } from "./list-url";
import { NewSecret } from "./new-secret";
import type { Permissions } from "./permissions";
import type { Act, RowAct } from "./row-actions";
import { SecretGrid } from "./secret-grid";
import { SecretPanel, type Panel } from "./secret-panel";
import { restoreSecret } from "./trash-secret";
import { useCopyReference } from "./use-copy-reference";
import { useRowKeys } from "./use-row-keys";
import { useSecretList, type SecretQuery } from "./use-secret-list";

interface SecretListProps {
  environment: EnvironmentInfo;
  first: Page<SecretInfo>;
  query: SecretQuery;
  can: Permissions;
}

/** The list of secrets: search, rows, and the sheets that change them. */
export function SecretList({ environment, first, query, can }: SecretListProps) {
  const router = useRouter();
  const toaster = useToaster();
  const copyReference = useCopyReference();
  const list = useSecretList(environment.slug, first, query);
  const [panel, setPanel] = useState<Panel | "new" | null>(null);
  const [waiting, startTransition] = useTransition();
  const search = useRef<HTMLInputElement>(null);
  const { grid, stop, focusRow, rowAtHand, handlers } = useRowKeys(
    list.items.map((secret) => secret.name),
  );

  // When a row has gone, focus is left on the one that moved into its place.
  const leaving = useRef<{ name: string; at: number } | null>(null);
  useEffect(() => {
    const left = leaving.current;
    if (!left || list.items.some((secret) => secret.name === left.name)) return;
    leaving.current = null;
    if (list.items.length > 0) focusRow(left.at);
    else search.current?.focus();
  }, [focusRow, list.items]);

  const { replace, remove } = list;
  const changed = useCallback(
    (secret: SecretInfo) => {
      replace(secret);
      router.refresh();
    },
    [replace, router],
  );

  const gone = useCallback(
    (name: string) => {
      leaving.current = { name, at: list.items.findIndex((secret) => secret.name === name) };
      remove(name);
      startTransition(() => router.refresh());
    },
    [list.items, remove, router],
  );

  const restore = useCallback(
    async (secret: SecretInfo) => {
      try {
        await restoreSecret(environment.slug, secret.name);
        toaster.done(`Restored ${secret.name}`);
        if (query.state === "trashed") gone(secret.name);
        else router.refresh();
      } catch (error) {
        toaster.trouble(
          error instanceof Problem ? error.message : `${secret.name} was not restored. Try again.`,
        );
      }
    },
    [environment.slug, gone, query.state, router, toaster],
  );

  const act: RowAct = useCallback(
    (what: Act, secret, syntax) => {
      if (what === "copy") void copyReference(secret.name, syntax);
      else if (what === "restore") void restore(secret);
      else setPanel({ what, secret });
    },
    [copyReference, restore],
  );

  function atHand(what: Act, allowed: boolean) {
    const name = rowAtHand();
    const secret = list.items.find((each) => each.name === name);
    if (secret && allowed && secret.state !== "trashed") act(what, secret);
  }

  useKeys({
    "/": () => search.current?.select(),
    n: () => (can.create ? setPanel("new") : undefined),
    r: () => atHand("rotate", can.rotate),
    c: () => atHand("copy", true),
    ArrowDown: () => focusRow(0),
  });

  return (
    <>
      <PageHeader
        title={query.state === "trashed" ? "Trash" : "Secrets"}
        actions={
          can.create ? (
            <Button
              tone="primary"
              data-tip="New secret (n)"
              icon={<Plus aria-hidden size={16} />}
              onClick={() => setPanel("new")}
            >
              New secret
            </Button>
          ) : null
        }
      />
      <ListToolbar
        environment={environment.slug}
        query={query}
        tags={[...new Set(list.items.flatMap((secret) => secret.tags))]}
        search={search}
        onQuery={(next) =>
          startTransition(() => router.replace(listUrl(environment.slug, next), { scroll: false }))
        }
        onDown={() => focusRow(0)}
      />
      <p role="status" className="sr-only">
        {waiting
          ? ""
          : `${count(list.items.length)}${list.hasMore ? " or more" : ""} secrets shown`}
      </p>
      {list.items.length === 0 ? (
        <ListEmpty
          environment={environment.slug}
          query={query}
          onNew={can.create ? () => setPanel("new") : undefined}
        />
      ) : (
        <SecretGrid
          list={list}
          grid={grid}
          stop={stop}
          handlers={handlers}
          can={can}
          waiting={waiting}
          onAct={act}
        />
      )}
      {panel === "new" ? (
        <NewSecret
          environment={environment.slug}
          onSaved={() => router.refresh()}
          onClose={() => setPanel(null)}
        />
      ) : null}
      {panel !== null && panel !== "new" ? (
        <SecretPanel
          panel={panel}
          onChanged={changed}
          onGone={(name) => gone(name)}
          onRestore={(secret) => void restore(secret)}
          onClose={() => setPanel(null)}
        />
      ) : null}
    </>
  );
}
