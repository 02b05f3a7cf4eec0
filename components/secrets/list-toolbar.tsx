"use client";

import { Tag, X } from "lucide-react";
import Link from "next/link";
import type { ReactNode, RefObject } from "react";
import { Button } from "../ui/button";
import { Menu, MenuChoices } from "../ui/menu";
import { listUrl } from "./list-url";
import { SearchField } from "./search-field";
import type { SecretQuery } from "./use-secret-list";

interface ListToolbarProps {
  environment: string;
  query: SecretQuery;
  /** Tags to choose from. */
  tags: readonly string[];
  search: RefObject<HTMLInputElement | null>;
  onQuery: (query: SecretQuery) => void;
  onDown: () => void;
}

/** Search, tag and trash. What is chosen is in the address. */
export function ListToolbar(props: ListToolbarProps) {
  const { environment, query, tags, search, onQuery, onDown } = props;
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <SearchField
        field={search}
        search={query.search}
        onSearch={(text) => onQuery({ ...query, search: text })}
        onDown={onDown}
      />
      <TagMenu tag={query.tag} tags={tags} onChoose={(tag) => onQuery({ ...query, tag })} />
      {query.tag ? (
        <TagFilter tag={query.tag} onClear={() => onQuery({ ...query, tag: "" })} />
      ) : null}
      <nav
        aria-label="Which secrets"
        className="ml-auto flex rounded-md border border-line-strong p-0.5"
      >
        {(["active", "trashed"] as const).map((state) => (
          <StateLink
            key={state}
            href={listUrl(environment, { ...query, state })}
            open={query.state === state}
          >
            {state === "active" ? "In use" : "Trash"}
          </StateLink>
        ))}
      </nav>
    </div>
  );
}

interface TagMenuProps {
  tag: string;
  tags: readonly string[];
  onChoose: (tag: string) => void;
}

function TagMenu({ tag, tags, onChoose }: TagMenuProps) {
  const known = [...new Set([tag, ...tags])].filter(Boolean).sort();
  if (known.length === 0) return null;
  const options = known.map((each) => ({ value: each, label: each }));
  return (
    <Menu
      label="Tag"
      align="start"
      trigger={<Button icon={<Tag aria-hidden size={14} />}>Tag</Button>}
    >
      <MenuChoices
        label="Tag"
        value={tag}
        options={[{ value: "", label: "Any tag" }, ...options]}
        onChoose={onChoose}
      />
    </Menu>
  );
}

function TagFilter({ tag, onClear }: { tag: string; onClear: () => void }) {
  return (
    <span className="flex h-8 items-center gap-1 rounded-md bg-accent-soft pl-2.5 text-accent-text">
      tag: {tag}
      <button
        type="button"
        aria-label={`Show every tag, not only ${tag}`}
        onClick={onClear}
        className="inline-flex size-8 items-center justify-center rounded-md"
      >
        <X aria-hidden size={14} />
      </button>
    </span>
  );
}

function StateLink({ href, open, children }: { href: string; open: boolean; children: ReactNode }) {
  return (
    <Link
      href={href}
      prefetch={false}
      aria-current={open ? "page" : undefined}
      className="rounded-sm px-2.5 py-0.5 text-muted hover:text-ink aria-[current]:bg-line aria-[current]:text-ink"
    >
      {children}
    </Link>
  );
}
