import { Ellipsis, Lock, LockOpen, Pencil, Trash2 } from "lucide-react";
import Link from "next/link";
import type { EnvironmentSummary } from "../../lib/shapes";
import { count, many } from "../ui/amount";
import { IconButton } from "../ui/button";
import { Menu, MenuItem, MenuLine } from "../ui/menu";
import { ProtectedMark } from "./protected-mark";

export type EnvironmentAct = "rename" | "protect" | "delete";

interface EnvironmentRowProps {
  environment: EnvironmentSummary;
  isStop: boolean;
  onAct: (what: EnvironmentAct) => void;
}

/** One environment: where it leads, what it holds, who writes in it, and what can be done to it. */
export function EnvironmentRow({ environment, isStop, onAct }: EnvironmentRowProps) {
  const { slug, name, secrets, trashed, services } = environment;
  return (
    <div
      role="row"
      data-name={slug}
      className="columns environment-columns min-h-11 border-t py-1.5 first:border-t-0 @[720px]:h-11 @[720px]:py-0 hover:bg-hover focus-within:bg-hover"
    >
      <div role="gridcell" className="min-w-0">
        <p className="flex min-w-0 items-baseline gap-2">
          <Link
            href={`/e/${slug}/secrets`}
            prefetch={false}
            tabIndex={isStop ? 0 : -1}
            data-row-link
            className="mono truncate rounded-sm font-strong outline-offset-1 hover:underline"
          >
            {slug}
          </Link>
          <span className="truncate text-muted">{name}</span>
          {environment.protected ? <ProtectedMark className="@[720px]:hidden" /> : null}
        </p>
        <p className="truncate text-small text-muted @[720px]:hidden">
          {many(secrets, "secret")}
          {trashed > 0 ? `, ${count(trashed)} in the trash` : ""}, {many(services, "service")}
        </p>
      </div>
      <div role="gridcell" className="hidden truncate text-muted tabular-nums @[720px]:block">
        {count(secrets)}
        {trashed > 0 ? `, and ${count(trashed)} in the trash` : ""}
      </div>
      <div role="gridcell" className="hidden text-muted tabular-nums @[720px]:block">
        {count(services)}
      </div>
      <div role="gridcell" className="hidden items-center gap-2 text-muted @[720px]:flex">
        {environment.protected ? (
          <>
            admins only <ProtectedMark />
          </>
        ) : (
          "admins, editors, services"
        )}
      </div>
      <div role="gridcell">
        <RowMenu environment={environment} isStop={isStop} onAct={onAct} />
      </div>
    </div>
  );
}

function RowMenu({ environment, isStop, onAct }: EnvironmentRowProps) {
  return (
    <Menu
      label={`More for ${environment.slug}`}
      trigger={
        <IconButton label={`More for ${environment.slug}`} tip="More" tabIndex={isStop ? 0 : -1}>
          <Ellipsis aria-hidden size={16} />
        </IconButton>
      }
    >
      <MenuItem icon={<Pencil aria-hidden size={16} />} onChoose={() => onAct("rename")}>
        Edit name
      </MenuItem>
      {environment.protected ? (
        <MenuItem icon={<LockOpen aria-hidden size={16} />} onChoose={() => onAct("protect")}>
          Unprotect
        </MenuItem>
      ) : (
        <MenuItem icon={<Lock aria-hidden size={16} />} onChoose={() => onAct("protect")}>
          Protect
        </MenuItem>
      )}
      <MenuLine />
      <MenuItem icon={<Trash2 aria-hidden size={16} />} danger onChoose={() => onAct("delete")}>
        Delete
      </MenuItem>
    </Menu>
  );
}
