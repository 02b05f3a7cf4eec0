"use client";

import { Tag, X } from "lucide-react";
import Link from "next/link";
import type { ReactNode, RefObject } from "react";
import { Button } from "../ui/button";
import { Menu, MenuChoices } from "../ui/menu";
import { ATTENTION_WORDS } from "./attention-words";
import { FilterMenu } from "./filter-menu";
import { listUrl } from "./list-url";
import { SearchField } from "./search-field";
import type { SecretQuery } from "./use-secret-list";

interface ListToolbarProps {
  environment: string;
  query: SecretQuery;
  /** Tags to choose from. */
  tags: readonly string[];
  hasLost: boolean;
  search: RefObject<HTMLInputElement | null>;
  onQuery: (query: SecretQuery) => void;
  onDown: () => void;
}

/** Search, tag, what asks for attention, and trash. What is chosen is in the address. */
export function ListToolbar(props: ListToolbarProps) {
  const { environment, query, tags, hasLost, search, onQuery, onDown } = props;
  const { tag, attention, state } = query;
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <SearchField
        field={search}
        search={query.search}
        onSearch={(text) => onQuery({ ...query, search: text })}
        onDown={onDown}
      />
      <TagMenu tag={tag} tags={tags} onChoose={(next) => onQuery({ ...query, tag: next })} />
      {state === "active" ? (
        <FilterMenu
          attention={attention}
          hasLost={hasLost || attention === "lost"}
          onChoose={(next) => onQuery({ ...query, attention: next })}
        />
      ) : null}
      {tag ? (
        <FilterChip
          clear={`Show every tag, not only ${tag}`}
          onClear={() => onQuery({ ...query, tag: "" })}
        >
          tag: {tag}
        </FilterChip>
      ) : null}
      {attention ? (
        <FilterChip
          clear={`Show all, not only: ${ATTENTION_WORDS[attention].filter}`}
          onClear={() => onQuery({ ...query, attention: "" })}
        >
          {ATTENTION_WORDS[attention].filter}
        </FilterChip>
      ) : null}
      <nav
        aria-label="Which secrets"
        className="ml-auto flex rounded-md border border-line-strong p-0.5"
      >
        {(["active", "trashed"] as const).map((each) => (
          <StateLink
            key={each}
            href={listUrl(environment, { ...query, state: each })}
            open={state === each}
          >
            {each === "active" ? "In use" : "Trash"}
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
  const known = tag === "" || tags.includes(tag) ? tags : [tag, ...tags];
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

interface FilterChipProps {
  /** What its button does. */
  clear: string;
  onClear: () => void;
  children: ReactNode;
}

/** A filter that is on, and the way to take it off. */
function FilterChip({ clear, onClear, children }: FilterChipProps) {
  return (
    <span className="flex h-8 min-w-0 items-center gap-1 rounded-md bg-accent-soft pl-2.5 text-accent-text">
      <span className="truncate">{children}</span>
      <button
        type="button"
        aria-label={clear}
        onClick={onClear}
        className="inline-flex size-8 shrink-0 items-center justify-center rounded-md"
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
