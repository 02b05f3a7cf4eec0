"use client";

import { useEffect, useRef, useSyncExternalStore } from "react";

const STORED = "coffer-keys";
const listeners = new Set<() => void>();

/**
 * Does what `keys` says for single keys, pressed anywhere on the page: not while something is being typed
 * or a dialog or menu is open, and not when the reader has turned single keys off.
 */
export function useKeys(keys: Record<string, (event: KeyboardEvent) => void>): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const act = latest.current[event.key];
      if (!act || !isFree(event) || !keysAreOn()) return;
      event.preventDefault();
      act(event);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}

function isFree(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = event.target;
  if (target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]"))
    return false;
  return document.querySelector("[role=dialog], [role=menu]") === null;
}

function keysAreOn(): boolean {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true;
  }
}

/** Whether single keys are on, and the switch (WCAG 2.1.4 asks for one). */
export function useKeySwitch(): [on: boolean, turn: (on: boolean) => void] {
  const on = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    keysAreOn,
    () => true,
  );
  function turn(next: boolean) {
    try {
      localStorage.setItem(STORED, next ? "on" : "off");
    } catch {
      // A browser that stores nothing keeps the keys on.
    }
    for (const each of listeners) each();
  }
  return [on, turn];
}
