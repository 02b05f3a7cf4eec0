"use client";

import { useMemo } from "react";
import type { SecretInfo } from "../../lib/shapes";
import { useLive } from "../shell/use-live";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import type { Permissions } from "./permissions";
import type { RowAct } from "./row-actions";
import { RowGroup } from "./row-group";
import type { RowKeys } from "../shell/use-row-keys";
import type { SecretList, SecretQuery } from "./use-secret-list";

const GROUP = 20;
const FIRST_PAINT = 2 * GROUP;

interface SecretGridProps extends Pick<RowKeys, "grid" | "stop" | "handlers"> {
  list: SecretList;
  state: SecretQuery["state"];
  can: Permissions;
  waiting: boolean;
  onAct: RowAct;
}

/** The rows, and more of them on demand. */
export function SecretGrid(props: SecretGridProps) {
  const { list, state, grid, stop, handlers, can, waiting, onAct } = props;
  // The first paint fills the tallest screens; the rest follows once the page is live.
  const shown = useLive() ? Infinity : FIRST_PAINT;
  const groups = useMemo(() => inGroups(list.items.slice(0, shown)), [list.items, shown]);
  const stopGroup = Math.floor(list.items.findIndex((secret) => secret.name === stop) / GROUP);
  return (
    <>
      <div
        ref={grid}
        role="grid"
        aria-label="Secrets"
        aria-rowcount={list.hasMore ? -1 : list.items.length + 1}
        aria-busy={waiting}
        {...handlers}
        className="@container rounded-md border aria-busy:opacity-60 aria-busy:transition-opacity aria-busy:delay-300"
      >
        <Heads state={state} />
        {groups.map((group, at) => (
          <RowGroup
            key={at}
            secrets={group}
            from={at * GROUP}
            isFirstPaint={at * GROUP < FIRST_PAINT}
            stop={at === stopGroup ? stop : undefined}
            can={can}
            onAct={onAct}
          />
        ))}
      </div>
      <More list={list} />
    </>
  );
}

function inGroups(secrets: readonly SecretInfo[]): SecretInfo[][] {
  return Array.from({ length: Math.ceil(secrets.length / GROUP) }, (_, at) =>
    secrets.slice(at * GROUP, (at + 1) * GROUP),
  );
}

function Heads({ state }: Pick<SecretGridProps, "state">) {
  return (
    <div role="rowgroup" className="hidden @[640px]:block">
      <div
        role="row"
        aria-rowindex={1}
        className="columns secret-columns h-8 rounded-t-md border-b bg-sunken text-small text-muted"
      >
        <span role="columnheader">Name</span>
        <span role="columnheader" className="hidden @[840px]:block">
          Tags
        </span>
        <span role="columnheader">Version</span>
        <span role="columnheader" className="hidden @[980px]:block">
          Created
        </span>
        <span role="columnheader">Rotated</span>
        <span role="columnheader">Last used</span>
        <span role="columnheader">{state === "trashed" ? "Purged" : "State"}</span>
        <span role="columnheader">
          <span className="sr-only">Actions</span>
        </span>
      </div>
    </div>
  );
}

function More({ list }: { list: SecretList }) {
  return (
    <>
      {list.trouble ? (
        <div role="alert" className="mt-3">
          <Notice tone="danger">{list.trouble}</Notice>
        </div>
      ) : null}
      {list.hasMore ? (
        <div className="mt-3 flex justify-center">
          <Button busy={list.loading} onClick={() => void list.loadMore()}>
            {list.loading ? "Loading…" : "Load more"}
          </Button>
        </div>
      ) : null}
    </>
  );
}
