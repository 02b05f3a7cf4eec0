import { COMMON } from "./arguments";
import type { Command, Option } from "./command";

const SETTINGS = [
  "It works on the database that DATABASE_URL names, also while Coffer runs on it, with the settings that Coffer",
  "itself reads: from the environment, and for what is not there from .env.",
].join("\n");

/** `coffer --help`: every command on a line. Of a group, such as `users`, those that begin with it. */
export function overview(commands: readonly Command[], group = ""): string {
  const shown = commands.filter(({ name }) => group === "" || name.startsWith(`${group} `));
  const rows = shown.map((command) => [signature(command), command.does] as const);
  const examples = shown.flatMap((command) => command.examples.slice(0, 1));
  return [
    `Usage: coffer ${group === "" ? "COMMAND" : `${group} COMMAND`} [OPTIONS]`,
    "",
    SETTINGS,
    "",
    "Commands:",
    ...columns(rows),
    "",
    "Examples:",
    ...examples.flatMap(([line]) => [`  ${line}`]),
    "",
    "coffer COMMAND --help says more about each. It ends with 0 when done, 1 when refused or failed, 2 when what was",
    "typed or set is wrong, and 3 when a check found something.",
    "",
  ].join("\n");
}

/** `coffer COMMAND --help`. */
export function helpOf(command: Command): string {
  const options = Object.entries({ ...command.options, ...COMMON });
  return [
    `Usage: coffer ${signature(command)} [OPTIONS]`,
    "",
    command.does,
    ...(command.notes === undefined ? [] : ["", command.notes]),
    "",
    "Options:",
    ...columns(options.map(([name, option]) => [optionText(name, option), option.means] as const)),
    "",
    "Examples:",
    ...command.examples.flatMap(([line, means]) => [`  ${line}`, `      ${means}`]),
    "",
  ].join("\n");
}

/** A command and its arguments, as they are typed. */
function signature({ name, takes }: Command): string {
  return [name, ...takes].join(" ");
}

function optionText(name: string, { takes }: Option): string {
  return takes === undefined ? `--${name}` : `--${name} ${takes}`;
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
