"use client";

import {
  useCallback,
  useRef,
  useState,
  type FocusEvent,
  type KeyboardEvent,
  type RefObject,
} from "react";

export interface RowKeys {
  grid: RefObject<HTMLDivElement | null>;
  /** The row that Tab stops at: the one that had focus last, or the first. */
  stop: string | undefined;
  /** Moves focus to a row by its place in the list. */
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

  const focusRow = useCallback((index: number) => {
    const links = grid.current?.querySelectorAll<HTMLElement>("[data-row-link]");
    if (!links || links.length === 0) return;
    links[Math.max(0, Math.min(index, links.length - 1))]?.focus();
  }, []);

  function onKeyDown(event: KeyboardEvent) {
    const row = event.target instanceof Element ? event.target.closest("[data-name]") : null;
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = names.indexOf(row.getAttribute("data-name") ?? "");
    const rows: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + 10,
      PageUp: at - 10,
      Home: 0,
      End: names.length - 1,
    };
    const to = rows[event.key];
    if (to !== undefined) {
      event.preventDefault();
      focusRow(to);
    } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      event.preventDefault();
      moveWithin(row, event.key === "ArrowRight" ? 1 : -1);
    }
  }

  function onFocus(event: FocusEvent) {
    const name = event.target.closest("[data-name]")?.getAttribute("data-name");
    if (name) setCurrent(name);
  }

  function rowAtHand() {
    const row =
      document.activeElement?.closest("[data-name]") ??
      grid.current?.querySelector("[data-name]:hover");
    return row?.getAttribute("data-name") ?? undefined;
  }

  return { grid, stop, focusRow, rowAtHand, handlers: { onKeyDown, onFocus } };
}

function moveWithin(row: Element, step: number) {
  const things = [...row.querySelectorAll<HTMLElement>("a, button")].filter(
    (thing) => thing.offsetParent !== null,
  );
  const at = things.indexOf(document.activeElement as HTMLElement);
  things[Math.max(0, Math.min(at + step, things.length - 1))]?.focus();
}
