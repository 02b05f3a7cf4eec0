import { resolve } from "node:path";
import { readSettings, type Settings } from "../config";
import { isCofferError } from "../errors";
import { describeError, openLog } from "../log";
import { ConfigError } from "../setting";
import { openVault } from "../vault/open-vault";
import type { Vault } from "../vault/vault";
import { asksForHelp, findCommand, readArguments } from "./arguments";
import { EXIT, UsageError, type Command, type Exit } from "./command";
import { COMMANDS } from "./commands";
import { helpOf, overview } from "./help";
import { answer, openScreen, plain } from "./screen";

// The `coffer` command: what an operator does at the terminal of the machine that Coffer runs on. A process of
// its own, beside the server: it opens the same database, with an audit journal of its own.

const STANDARD_ERROR = 2;

export interface Start {
  /** Where Coffer's own files are. */
  root: string;
  /** Where `.env` and `data/` are: as the server's current folder. */
  home: string;
  /** The folder that the command was typed in. */
  from: string;
}

/** Runs what was typed after `coffer`. Returns the exit code once all is done and said. */
export async function main(typed: readonly string[], start: Start): Promise<Exit> {
  process.umask(0o077); // what Coffer writes is its owner's only
  process.on("SIGXFSZ", () => undefined); // a file that is too large is an error of its writer, not the end
  const found = findCommand(COMMANDS, typed);
  if (!found) return withoutCommand(typed);
  const { command, rest } = found;
  if (asksForHelp(rest)) {
    answer(helpOf(command));
    return EXIT.done;
  }
  const json = rest.includes("--json");
  const interrupt = interruption();
  try {
    return await run(command, rest, start, json, interrupt);
  } catch (error) {
    return fail(command, error, json, interrupt.aborted);
  }
}

async function run(
  command: Command,
  rest: readonly string[],
  start: Start,
  json: boolean,
  signal: AbortSignal,
): Promise<Exit> {
  const given = readArguments(command, rest);
  const settings = readSettings({ root: start.root, home: start.home });
  const result = await command.run(given, {
    ...{ settings, signal, screen: openScreen(process.stderr, json) },
    pathOf: (path) => resolve(start.from, path),
    withVault: (work) => withVault(command, settings, work),
  });
  answer(json ? `${JSON.stringify(result.json)}\n` : plain(result.text));
  return result.exit ?? EXIT.done;
}

async function withVault<T>(
  command: Command,
  { config, masterKey, previousMasterKey, providerSecrets }: Settings,
  work: (vault: Vault) => Promise<T>,
): Promise<T> {
  const { vault } = await openVault({
    ...{ config, masterKey, previousMasterKey, providerSecrets },
    log: openLog(config.logLevel === "silent" ? "silent" : "warn", STANDARD_ERROR),
    command: command.name,
  });
  try {
    return await work(vault);
  } finally {
    await vault.close();
  }
}

/** No command, or none of that name: help for who asks, else what there is, and an error. */
function withoutCommand(typed: readonly string[]): Exit {
  const [word = ""] = typed;
  const group = COMMANDS.some(({ name }) => name.startsWith(`${word} `)) ? word : "";
  if (asksForHelp(typed)) {
    answer(overview(COMMANDS, group));
    return EXIT.done;
  }
  const which = typed.slice(0, group === "" ? 1 : 2).join(" ");
  const problem = typed.length > 0 && which !== group ? `There is no command ${which}.\n\n` : "";
  process.stderr.write(plain(problem) + overview(COMMANDS, group));
  return EXIT.usage;
}

function fail(command: Command, error: unknown, json: boolean, isInterrupted: boolean): Exit {
  const isUsage = error instanceof UsageError || error instanceof ConfigError;
  const problem = problemOf(error);
  if (json) answer(`${JSON.stringify({ error: problem })}\n`);
  const help = error instanceof UsageError ? ` See coffer ${command.name} --help.` : "";
  process.stderr.write(plain(`${problem.message}${help}\n`));
  if (isInterrupted) return EXIT.interrupted;
  return isUsage ? EXIT.usage : EXIT.failed;
}

function problemOf(error: unknown): { code: string; message: string; details?: unknown } {
  if (error instanceof UsageError) return { code: "usage", message: error.message };
  if (error instanceof ConfigError) return { code: "setting", message: error.message };
  if (isCofferError(error)) {
    const { code, message, details } = error;
    return details === undefined ? { code, message } : { code, message, details };
  }
  const what = JSON.stringify(describeError(error));
  return { code: "internal", message: `Something went wrong that should not: ${what}` };
}

/** Ctrl-C asks to stop; the second time it does not ask. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(EXIT.interrupted);
      controller.abort();
    });
  }
  return controller.signal;
}
