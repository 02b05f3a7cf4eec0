"use client";

import { useRouter } from "next/navigation";
import { useCallback, useRef, useState, useTransition } from "react";
import type { AttentionCounts, EnvironmentInfo, Page, SecretInfo } from "../../lib/shapes";
import { useKeys } from "../shell/use-keys";
import { useLive } from "../shell/use-live";
import { leakedUrl } from "../incidents/incident-url";
import { count } from "../ui/amount";
import { AttentionSummary } from "./attention-summary";
import { ListEmpty } from "./list-empty";
import { ListHeader } from "./list-header";
import { ListToolbar } from "./list-toolbar";
import { listUrl } from "./list-url";
import { NewSecret } from "./new-secret";
import type { Permissions } from "./permissions";
import type { RowAct } from "./row-actions";
import { SecretGrid } from "./secret-grid";
import { SecretPanel, type Panel } from "./secret-panel";
import { useCopyReference } from "./use-copy-reference";
import { useListChanges } from "./use-list-changes";
import { useRowKeys } from "../shell/use-row-keys";
import { useSecretList, type SecretQuery } from "./use-secret-list";

interface SecretListProps {
  environment: EnvironmentInfo;
  first: Page<SecretInfo>;
  /** What asks for attention in the whole environment, whatever the query is. */
  counts: AttentionCounts;
  /** Tags that the environment's secrets have, to choose from. */
  tags: readonly string[];
  query: SecretQuery;
  /** The name of a secret to be made at once, from the address; empty for none. */
  newName: string;
  can: Permissions;
}

/** The list of secrets: search, rows, and the sheets that change them. */
export function SecretList(props: SecretListProps) {
  const { first, counts, tags, query, newName, can } = props;
  const { slug } = props.environment;
  const router = useRouter();
  const copyReference = useCopyReference();
  const list = useSecretList(slug, first, query);
  const [chosen, setPanel] = useState<Panel | "new" | null>(null);
  const [answered, setAnswered] = useState("");
  const asked = useLive() && can.create && newName !== "" && newName !== answered ? "new" : null;
  const panel = chosen ?? asked;
  const [waiting, startTransition] = useTransition();
  const search = useRef<HTMLInputElement>(null);
  const { rowAtHand, ...rows } = useRowKeys(list.items.map((secret) => secret.name));
  const { focusRow } = rows;
  const { changed, gone, restore } = useListChanges(list, query, { focusRow, search });

  const act: RowAct = useCallback(
    (what, secret, syntax) => {
      if (what === "copy") void copyReference(secret.name, syntax);
      else if (what === "restore") void restore(secret);
      else if (what === "leaked") router.push(leakedUrl(secret.environment, secret.name));
      else setPanel({ what, secret });
    },
    [copyReference, restore, router],
  );

  function actAtHand(what: "copy" | "rotate") {
    const name = rowAtHand();
    const secret = list.items.find((each) => each.name === name);
    if (secret && secret.state !== "trashed") act(what, secret);
  }

  function ask(next: SecretQuery) {
    startTransition(() => router.replace(listUrl(slug, next), { scroll: false }));
  }

  const make = can.create ? () => setPanel("new") : undefined;
  function close() {
    setPanel(null);
    if (!asked) return;
    setAnswered(newName);
    ask(query); // an address without the name
  }

  useKeys({
    "/": () => search.current?.select(),
    n: () => make?.(),
    r: () => (can.rotate ? actAtHand("rotate") : undefined),
    c: () => actAtHand("copy"),
    ArrowDown: () => focusRow(0),
  });

  return (
    <>
      <ListHeader environment={slug} can={can} state={query.state} onNew={make} />
      <ListToolbar
        environment={slug}
        query={query}
        tags={tags}
        hasLost={counts.lost > 0}
        search={search}
        onQuery={ask}
        onDown={() => focusRow(0)}
      />
      {query.state === "active" ? <AttentionSummary environment={slug} counts={counts} /> : null}
      <Shown amount={list.items.length} more={list.hasMore} waiting={waiting} />
      {list.items.length === 0 ? (
        <ListEmpty environment={slug} query={query} canImport={can.import} onNew={make} />
      ) : (
        <SecretGrid
          {...rows}
          list={list}
          state={query.state}
          can={can}
          waiting={waiting}
          onAct={act}
        />
      )}
      {panel === "new" ? (
        <NewSecret
          environment={slug}
          initialName={newName}
          can={can}
          onSaved={() => router.refresh()}
          onRestored={() => router.refresh()}
          onClose={close}
        />
      ) : panel ? (
        <SecretPanel
          panel={panel}
          onChanged={changed}
          onGone={gone}
          onRestore={(secret) => void restore(secret)}
          onClose={close}
        />
      ) : null}
    </>
  );
}

/** How many there are, for those who do not see the list change. */
function Shown({ amount, more, waiting }: { amount: number; more: boolean; waiting: boolean }) {
  return (
    <p role="status" className="sr-only">
      {waiting ? "" : `${count(amount)}${more ? " or more" : ""} secrets shown`}
    </p>
  );
}
