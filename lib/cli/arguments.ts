import { parseArgs } from "node:util";
import { UsageError, type Command, type Given, type Option } from "./command";

/** What every command takes. */
export const COMMON: Readonly<Record<string, Option>> = {
  json: { type: "boolean", means: "Answer with one JSON document on standard output." },
  help: { type: "boolean", means: "Show this help." },
};

/** The command whose name `typed` begins with, and what follows the name; undefined for none. */
export function findCommand(
  commands: readonly Command[],
  typed: readonly string[],
): { command: Command; rest: readonly string[] } | undefined {
  for (const command of commands) {
    const words = command.name.split(" ");
    if (words.every((word, index) => typed[index] === word)) {
      return { command, rest: typed.slice(words.length) };
    }
  }
  return undefined;
}

/** Whether help is asked for, wherever that stands. After `--` nothing is an option. */
export function asksForHelp(typed: readonly string[]): boolean {
  const end = typed.indexOf("--");
  return typed
    .slice(0, end === -1 ? typed.length : end)
    .some((word) => word === "--help" || word === "-h");
}

/** Reads what follows a command's name. @throws UsageError for anything that it does not take */
export function readArguments(command: Command, rest: readonly string[]): Given {
  const { values, positionals, tokens } = parse(command, rest);
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    if (seen.has(token.name)) throw new UsageError(`--${token.name} is given twice.`);
    seen.add(token.name);
  }
  const required = command.takes.filter((name) => !name.startsWith("["));
  const missing = required[positionals.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing.`);
  if (positionals.length > command.takes.length) {
    throw new UsageError(`Too many arguments: it takes ${command.takes.join(" ") || "none"}.`);
  }
  if (positionals.includes("")) throw new UsageError("An argument is empty.");
  return {
    arguments: positionals,
    text: (option) => {
      const value = values[option];
      return typeof value === "string" ? value : undefined;
    },
    flag: (option) => values[option] === true,
  };
}

function parse(command: Command, rest: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries({ ...command.options, ...COMMON }).map(([name, { type }]) => [
      name,
      name === "help" ? { type, short: "h" } : { type },
    ]),
  );
  try {
    return parseArgs({
      ...{ args: [...rest], options, strict: true },
      ...{ allowPositionals: true, tokens: true },
    });
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}
