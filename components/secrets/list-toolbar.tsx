"use client";

import { Search, Tag, X } from "lucide-react";
import Link from "next/link";
import {
  useEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
} from "react";
import { Key } from "../shell/keys-help";
import { Button } from "../ui/button";
import { CONTROL } from "../ui/field";
import { Menu, MenuChoices } from "../ui/menu";
import { listUrl } from "./list-url";
import type { SecretQuery } from "./use-secret-list";

const PAUSE_MS = 120;

interface ListToolbarProps {
  environment: string;
  query: SecretQuery;
  /** Tags to choose from. */
  tags: readonly string[];
  search: RefObject<HTMLInputElement | null>;
  onQuery: (query: SecretQuery) => void;
  /** Arrow down in the search goes to the list. */
  onDown: () => void;
}

/** Search, tag and trash. What is chosen is in the address. */
export function ListToolbar({
  environment,
  query,
  tags,
  search,
  onQuery,
  onDown,
}: ListToolbarProps) {
  const options = [...new Set([query.tag, ...tags])].filter(Boolean).sort();
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <SearchField field={search} query={query} onQuery={onQuery} onDown={onDown} />
      {options.length > 0 ? (
        <Menu
          label="Tag"
          align="start"
          trigger={<Button icon={<Tag aria-hidden size={14} />}>Tag</Button>}
        >
          <MenuChoices
            label="Tag"
            value={query.tag}
            options={[
              { value: "", label: "Any tag" },
              ...options.map((tag) => ({ value: tag, label: tag })),
            ]}
            onChoose={(tag) => onQuery({ ...query, tag })}
          />
        </Menu>
      ) : null}
      {query.tag ? (
        <span className="flex h-8 items-center gap-1 rounded-md bg-accent-soft pl-2.5 text-accent-text">
          tag: {query.tag}
          <button
            type="button"
            aria-label={`Show every tag, not only ${query.tag}`}
            onClick={() => onQuery({ ...query, tag: "" })}
            className="inline-flex size-8 items-center justify-center rounded-md"
          >
            <X aria-hidden size={14} />
          </button>
        </span>
      ) : null}
      <nav
        aria-label="Which secrets"
        className="ml-auto flex rounded-md border border-line-strong p-0.5"
      >
        <StateLink
          href={listUrl(environment, { ...query, state: "active" })}
          open={query.state === "active"}
        >
          In use
        </StateLink>
        <StateLink
          href={listUrl(environment, { ...query, state: "trashed" })}
          open={query.state === "trashed"}
        >
          Trash
        </StateLink>
      </nav>
    </div>
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

type SearchFieldProps = Pick<ListToolbarProps, "query" | "onQuery" | "onDown"> & {
  field: ListToolbarProps["search"];
};

function SearchField({ field, query, onQuery, onDown }: SearchFieldProps) {
  const [text, setText] = useState(query.search);
  const asked = useRef(query.search);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  // The address changed by other means than typing: the back button, or a link.
  useEffect(() => {
    if (query.search === asked.current) return;
    asked.current = query.search;
    setText(query.search);
  }, [query.search]);

  function type(next: string) {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      asked.current = next.trim();
      onQuery({ ...query, search: asked.current });
    }, PAUSE_MS);
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      onDown();
    } else if (event.key === "Escape" && text !== "") {
      event.preventDefault();
      type("");
    } else if (event.key === "Escape") {
      event.currentTarget.blur();
    }
  }

  return (
    <search className="relative min-w-0 flex-1 basis-64 rail:max-w-[360px]">
      <Search aria-hidden size={14} className="absolute top-2 left-2.5 mt-px text-muted" />
      <input
        ref={field}
        type="search"
        aria-label="Search secrets"
        placeholder="Search name, description, tag"
        value={text}
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        onChange={(event) => type(event.target.value)}
        onKeyDown={onKeyDown}
        className={`${CONTROL} peer h-8 pr-8 pl-8 [&::-webkit-search-cancel-button]:hidden`}
      />
      {text === "" ? (
        <span
          aria-hidden
          className="pointer-events-none absolute top-1.5 right-1.5 peer-focus:hidden [@media(hover:none)]:hidden"
        >
          <Key>/</Key>
        </span>
      ) : (
        <button
          type="button"
          aria-label="Clear the search"
          onClick={() => {
            type("");
            field.current?.focus();
          }}
          className="absolute top-1 right-1 inline-flex size-6 items-center justify-center rounded-sm text-muted hover:bg-hover hover:text-ink"
        >
          <X aria-hidden size={14} />
        </button>
      )}
    </search>
  );
}
