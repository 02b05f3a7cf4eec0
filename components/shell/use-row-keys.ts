"use client";

import {
  useCallback,
  useEffect,
  useRef,
  useState,
  type FocusEvent,
  type KeyboardEvent,
  type RefObject,
} from "react";

export interface RowKeys {
  grid: RefObject<HTMLDivElement | null>;
  /** The row that Tab stops at: the one that had focus last, or the first. It has to be in the page. */
  stop: string | undefined;
  /** Moves focus to a row by its place in the list, also to one that is not in the page yet. */
  focusRow: (index: number) => void;
  /** The name of the row that has focus, or else the pointer. */
  rowAtHand: () => string | undefined;
  handlers: {
    onKeyDown: (event: KeyboardEvent) => void;
    onFocus: (event: FocusEvent) => void;
  };
}

/** Keys of a grid of rows: up and down between rows, left and right between the things in a row. */
export function useRowKeys(names: readonly string[]): RowKeys {
  const grid = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState<string>();
  const stop = current !== undefined && names.includes(current) ? current : names[0];
  const focusRow = useFocusRow(grid, names, setCurrent);

  function onKeyDown(event: KeyboardEvent) {
    const row = event.target instanceof Element ? event.target.closest("[data-name]") : null;
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = rowAfter(event.key, names.indexOf(nameOf(row) ?? ""), names.length);
    if (to !== undefined) focusRow(to);
    else if (event.key === "ArrowRight") moveWithin(row, 1);
    else if (event.key === "ArrowLeft") moveWithin(row, -1);
    else return;
    event.preventDefault();
  }

  function onFocus(event: FocusEvent) {
    const name = nameOf(event.target.closest("[data-name]"));
    if (name) setCurrent(name);
  }

  function rowAtHand() {
    const focused = document.activeElement?.closest("[data-name]");
    return nameOf(focused ?? grid.current?.querySelector("[data-name]:hover"));
  }

  return { grid, stop, focusRow, rowAtHand, handlers: { onKeyDown, onFocus } };
}

/** A row that is not in the page becomes the stop first, which brings it there, and is given focus then. */
function useFocusRow(
  grid: RefObject<HTMLDivElement | null>,
  names: readonly string[],
  setCurrent: (name: string) => void,
): (index: number) => void {
  const latest = useRef(names);
  const wanted = useRef<string | null>(null);

  useEffect(() => {
    latest.current = names;
    if (wanted.current !== null && focusLink(grid.current, wanted.current)) wanted.current = null;
  });

  return useCallback(
    (index) => {
      const name = latest.current[Math.max(0, Math.min(index, latest.current.length - 1))];
      if (name === undefined || focusLink(grid.current, name)) return;
      wanted.current = name;
      setCurrent(name);
    },
    [grid, setCurrent],
  );
}

function focusLink(grid: HTMLElement | null, name: string): boolean {
  const link = grid?.querySelector<HTMLElement>(`[data-name="${name}"] [data-row-link]`);
  link?.focus();
  return Boolean(link);
}

function rowAfter(key: string, at: number, length: number): number | undefined {
  switch (key) {
    case "ArrowDown":
      return at + 1;
    case "ArrowUp":
      return at - 1;
    case "PageDown":
      return at + 10;
    case "PageUp":
      return at - 10;
    case "Home":
      return 0;
    case "End":
      return length - 1;
    default:
      return undefined;
  }
}

function nameOf(row: Element | null | undefined): string | undefined {
  return row?.getAttribute("data-name") ?? undefined;
}

function moveWithin(row: Element, step: number) {
  const things = [...row.querySelectorAll<HTMLElement>("a, button")].filter(
    (thing) => thing.offsetParent !== null,
  );
  const at = things.indexOf(document.activeElement as HTMLElement);
  things[Math.max(0, Math.min(at + step, things.length - 1))]?.focus();
}
