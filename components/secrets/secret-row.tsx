"use client";

import Link from "next/link";
import { memo } from "react";
import type { SecretInfo } from "../../lib/shapes";
import { Chip } from "../ui/chip";
import { Ago } from "../ui/clock";
import { secretUrl } from "./list-url";
import type { Permissions } from "./permissions";
import { RowActions, type RowAct } from "./row-actions";
import { PurgeTime } from "./purge-time";
import { StateChips } from "./state-chips";

interface SecretRowProps {
  secret: SecretInfo;
  /** Its place in the list, from 0. */
  place: number;
  /** Whether it is the row that Tab stops at. */
  isStop: boolean;
  can: Permissions;
  onAct: RowAct;
}

/** A secret in the list. Rows that did not change are not rendered again. */
export const SecretRow = memo(function SecretRow({
  secret,
  place,
  isStop,
  can,
  onAct,
}: SecretRowProps) {
  return (
    <div
      role="row"
      aria-rowindex={place + 2}
      data-name={secret.name}
      className="group columns secret-columns relative min-h-11 row-line py-1.5 @[640px]:py-0.5 hover:bg-hover focus-within:bg-hover"
    >
      <NameCell secret={secret} isStop={isStop} />
      <div role="gridcell" className="hidden min-w-0 @[840px]:block">
        <Tags tags={secret.tags} />
      </div>
      <div role="gridcell" className="mono hidden text-muted @[640px]:block">
        v{secret.version}
      </div>
      <div role="gridcell" className="hidden text-muted @[980px]:block">
        <Ago at={secret.createdAt} />
      </div>
      <div role="gridcell" className="hidden text-muted @[640px]:block">
        <Ago at={secret.rotatedAt} />
      </div>
      <div role="gridcell" className="hidden text-muted @[640px]:block">
        <LastUsed secret={secret} />
      </div>
      <div role="gridcell" className="hidden flex-wrap gap-0.5 @[640px]:flex">
        {secret.purgeAt && secret.state === "trashed" ? (
          <PurgeTime at={secret.purgeAt} />
        ) : (
          <StateChips secret={secret} />
        )}
      </div>
      <div role="gridcell" className="justify-self-end">
        <RowActions secret={secret} isStop={isStop} can={can} onAct={onAct} />
      </div>
    </div>
  );
});

function NameCell({ secret, isStop }: Pick<SecretRowProps, "secret" | "isStop">) {
  return (
    <div role="gridcell" className="min-w-0">
      <div className="flex min-w-0 items-center gap-2">
        <Link
          href={secretUrl(secret.environment, secret.name)}
          prefetch={false}
          tabIndex={isStop ? 0 : -1}
          data-row-link
          title={secret.name}
          className="mono truncate rounded-sm outline-offset-1 hover:underline"
        >
          {secret.name}
        </Link>
      </div>
      {secret.description ? (
        <p className="truncate text-small text-muted" title={secret.description}>
          {secret.description}
        </p>
      ) : null}
      <p className="flex flex-wrap gap-x-1 text-small text-muted @[640px]:hidden">
        v{secret.version} · rotated <Ago at={secret.rotatedAt} /> ·{" "}
        <LastUsed secret={secret} long />
        {secret.purgeAt ? (
          <>
            {" "}
            · purged <PurgeTime at={secret.purgeAt} />
          </>
        ) : null}
      </p>
      {secret.state === "trashed" ? null : (
        <div className="flex flex-wrap gap-1 @[640px]:hidden">
          <StateChips secret={secret} onlyIfTelling />
        </div>
      )}
    </div>
  );
}

function LastUsed({ secret, long }: { secret: SecretInfo; long?: boolean }) {
  if (secret.lastUsedAt === null) {
    return (
      <span data-tip="No reads in the last 90 days">
        {long ? "no reads in the last 90 days" : "no reads"}
      </span>
    );
  }
  return (
    <span>
      {long ? "read " : ""}
      <Ago at={secret.lastUsedAt} />
    </span>
  );
}

const TAGS_SHOWN = 2;

function Tags({ tags }: { tags: readonly string[] }) {
  const more = tags.slice(TAGS_SHOWN);
  return (
    <div className="flex min-w-0 items-center gap-1">
      {tags.slice(0, TAGS_SHOWN).map((tag) => (
        <Chip key={tag}>{tag}</Chip>
      ))}
      {more.length > 0 ? (
        <span className="shrink-0 text-small text-muted" data-tip={more.join(", ")}>
          +{more.length}
          <span className="sr-only"> more: {more.join(", ")}</span>
        </span>
      ) : null}
    </div>
  );
}
