import type { Settings } from "../config";
import type { Vault } from "../vault/vault";
import type { Screen } from "./screen";

/** How a command ends. Documented in docs/command.md. */
export const EXIT = {
  done: 0,
  /** Refused, or failed: the message says whether anything was done. */
  failed: 1,
  /** What was typed, or a setting, is wrong. Nothing was looked at. */
  usage: 2,
  /** A check ran to its end, and not all is well. */
  found: 3,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** An option of a command: a flag, or one that takes a text. */
export interface Option {
  type: "boolean" | "string";
  /** What stands for its text in the help: `FILE`. */
  takes?: string;
  /** One line of help. */
  means: string;
}

/** What was typed after the command's name, already held against what it takes. */
export interface Given {
  /** One text for each name of `takes`; those in brackets may be missing. */
  arguments: readonly string[];
  text(option: string): string | undefined;
  flag(option: string): boolean;
}

/** What a command works with. */
export interface Context {
  settings: Settings;
  screen: Screen;
  /** Set once the person has pressed Ctrl-C: what takes long stops and cleans up. */
  signal: AbortSignal;
  /** Where a file is that was typed as a path: from the folder that the command was typed in. */
  pathOf(typed: string): string;
  /**
   * Opens the vault of the configured database, also while a server runs on it, and closes it once `work` is
   * done. What `work` does is done as the operator and is on record.
   * @throws CofferError `unavailable` where there is no vault, or one of another version
   */
  withVault<T>(work: (vault: Vault) => Promise<T>): Promise<T>;
}

/** What a command answers: for people, and for `--json`. */
export interface Result {
  text: string;
  json: unknown;
  exit?: Exit;
}

/** One command. `run` may throw CofferError, ConfigError and UsageError, whose messages are shown as they are. */
export interface Command {
  /** What is typed after `coffer`: `users add`. */
  name: string;
  /** One line: what it does. */
  does: string;
  /** The names of its arguments, in order: `EMAIL`; in brackets what may be left out: `[FILE]`. */
  takes: readonly string[];
  options: Readonly<Record<string, Option>>;
  /** What else its help says. */
  notes?: string;
  /** Lines to type, each with what it is for. */
  examples: readonly (readonly [line: string, means: string])[];
  run(given: Given, context: Context): Promise<Result>;
}

/** What was typed makes no sense: said in one line, beside where the help is. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
