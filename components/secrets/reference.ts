"use client";

import { useSyncExternalStore } from "react";

export type SyntaxId = "dollar" | "angles" | "braces";

export interface Syntax {
  id: SyntaxId;
  /** Who writes references so. */
  usedBy: string;
  of: (name: string) => string;
}

/** The ways to write a reference to a secret. */
export const SYNTAXES: readonly [Syntax, ...Syntax[]] = [
  { id: "dollar", usedBy: "Tyk AI Studio", of: (name) => `$SECRET/${name}` },
  { id: "angles", usedBy: "any config", of: (name) => `<<Secrets.${name}>>` },
  { id: "braces", usedBy: "API Store", of: (name) => `{{Secrets.${name}}}` },
];

const STORED = "coffer-syntax";
const listeners = new Set<() => void>();

function syntaxInUse(): Syntax {
  try {
    const id = localStorage.getItem(STORED);
    return SYNTAXES.find((syntax) => syntax.id === id) ?? SYNTAXES[0];
  } catch {
    return SYNTAXES[0];
  }
}

/** The syntax that the reader copied last, and how to change it. */
export function useSyntax(): [syntax: Syntax, use: (id: SyntaxId) => void] {
  const syntax = useSyncExternalStore(subscribe, syntaxInUse, () => SYNTAXES[0]);
  return [syntax, keepSyntax];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function keepSyntax(id: SyntaxId) {
  try {
    localStorage.setItem(STORED, id);
  } catch {
    // A browser that stores nothing starts with the first syntax each time.
  }
  for (const each of listeners) each();
}
