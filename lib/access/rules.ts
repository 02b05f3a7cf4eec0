import { nameKeyOf } from "../name";
import type { Rule, ServiceAction } from "../shapes";

const PATTERN = /^(?=.*[A-Za-z0-9_*])[A-Za-z0-9_*]{1,128}$/;

/** What a name pattern may look like, as a sentence for people. */
export const PATTERN_RULE =
  "letters, digits, underscores and * (which stands for any number of characters), at most 128";

/** Whether `text` is a legal name pattern. `*` is its only wildcard. */
export function isPattern(text: string): boolean {
  return PATTERN.test(text);
}

/** A rule made ready for many decisions. */
export interface CompiledRule {
  actions: ReadonlySet<ServiceAction>;
  matches: (nameKey: string) => boolean;
  env: ReadonlySet<string>;
  versions: "current" | "any";
  protectedWrite: boolean;
}

/** A service's rules from the text that is stored. One from before a field existed has its safe default. */
export function readRules(stored: string): Rule[] {
  const rules = JSON.parse(stored) as (Omit<Rule, "protectedWrite"> & {
    protectedWrite?: boolean;
  })[];
  return rules.map((rule) => ({ ...rule, protectedWrite: rule.protectedWrite ?? false }));
}

/**
 * A test for names against `patterns`, without regard to case. Linear in the name for each pattern: the
 * pieces between wildcards are searched from left to right, and nothing is ever tried twice.
 */
export function compilePatterns(patterns: readonly string[]): (nameKey: string) => boolean {
  const compiled = patterns.map((pattern) => nameKeyOf(pattern).split("*"));
  return (nameKey) => compiled.some((pieces) => matchesPieces(nameKey, pieces));
}

function matchesPieces(nameKey: string, pieces: readonly string[]): boolean {
  const first = pieces[0] ?? "";
  if (pieces.length === 1) return nameKey === first;
  const last = pieces[pieces.length - 1] ?? "";
  if (nameKey.length < first.length + last.length) return false;
  if (!nameKey.startsWith(first) || !nameKey.endsWith(last)) return false;
  const end = nameKey.length - last.length;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = nameKey.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}

/** Compiles a service's rules once, when it is loaded. */
export function compileRules(rules: readonly Rule[]): CompiledRule[] {
  return rules.map((rule) => ({
    actions: new Set(rule.actions),
    matches: compilePatterns(rule.names),
    env: new Set(rule.env),
    versions: rule.versions,
    protectedWrite: rule.protectedWrite,
  }));
}
