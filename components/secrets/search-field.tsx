"use client";

import { Search, X } from "lucide-react";
import { useEffect, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { Key } from "../shell/keys-help";
import { CONTROL } from "../ui/field";

const PAUSE_MS = 120;

interface SearchFieldProps {
  field: RefObject<HTMLInputElement | null>;
  /** What the list shows now. */
  search: string;
  onSearch: (search: string) => void;
  /** Arrow down goes to the list. */
  onDown: () => void;
}

/** The search of the list, which follows what is typed. Escape empties it. */
export function SearchField({ field, search, onSearch, onDown }: SearchFieldProps) {
  const [text, type] = useSearchText(search, onSearch);

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    if (event.key === "ArrowDown") onDown();
    else if (event.key === "Escape" && text !== "") type("");
    else return;
    event.preventDefault();
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
        <SlashKey />
      ) : (
        <Clear
          onClear={() => {
            type("");
            field.current?.focus();
          }}
        />
      )}
    </search>
  );
}

/** The text in the field, and the search that is asked for once typing pauses. */
function useSearchText(search: string, onSearch: (search: string) => void) {
  const [text, setText] = useState(search);
  const asked = useRef(search);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  // The address changed by other means than typing: the back button, or a link.
  useEffect(() => {
    if (search === asked.current) return;
    asked.current = search;
    setText(search);
  }, [search]);

  function type(next: string) {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      asked.current = next.trim();
      onSearch(asked.current);
    }, PAUSE_MS);
  }

  return [text, type] as const;
}

function SlashKey() {
  return (
    <span
      aria-hidden
      className="pointer-events-none absolute top-1.5 right-1.5 peer-focus:hidden [@media(hover:none)]:hidden"
    >
      <Key>/</Key>
    </span>
  );
}

function Clear({ onClear }: { onClear: () => void }) {
  return (
    <button
      type="button"
      aria-label="Clear the search"
      onClick={onClear}
      className="absolute top-1 right-1 inline-flex size-6 items-center justify-center rounded-sm text-muted hover:bg-hover hover:text-ink"
    >
      <X aria-hidden size={14} />
    </button>
  );
}
