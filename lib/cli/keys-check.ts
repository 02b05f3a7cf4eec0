import { OPERATOR } from "../access/caller";
import { CofferError } from "../errors";
import type { KeyCheck, UnopenedValue } from "../shapes";
import { count, many } from "./amount";
import { EXIT, type Command } from "./command";

/** `coffer keys check`: opens every value once. */
export const keysCheck: Command = {
  name: "keys check",
  does: "Open every value once, show none, and name those that don't open.",
  takes: [],
  options: {},
  notes:
    "It ends with 3 if a value does not open. Up to 500 of them are named. What coffer keys reset has lost is counted apart.",
  examples: [
    ["coffer keys check", "Says whether every value opens."],
    ["coffer keys check --json", "For a job that runs every night."],
  ],

  async run(_given, { screen, signal, ...context }) {
    const bar = screen.progress("Opening");
    const check = await context
      .withVault(({ keys }) =>
        keys.checkAll(OPERATOR, { signal, progress: (done, total) => bar.at(done, total) }),
      )
      .finally(() => bar.end());
    if (check.state !== "done") throw unfinished();
    const exit = check.unopened === 0 ? EXIT.done : EXIT.found;
    return { text: inWords(check), json: check, exit };
  },
};

const REASONS: Record<UnopenedValue["reason"], string> = {
  unknown_format: "it is in a format that this version does not know",
  malformed: "its text is damaged",
  unknown_key: "it is sealed under a data key that the keyring does not have",
  not_authentic: "it was changed, or moved there from another place",
};

function inWords({ checked, unopened, lost, items }: KeyCheck): string {
  const wereLost = `${count(lost)} more ${lost === 1 ? "was" : "were"} lost with a key of before.`;
  const besides = lost === 0 ? "" : `${wereLost}\n`;
  if (unopened === 0) {
    const all = checked === 1 ? "The one value opens" : `All ${count(checked)} values open`;
    return `${all}.\n${besides}`;
  }
  const lines = items.map(
    ({ name, environment, version, reason }) =>
      `  ${name} in ${environment}, version ${String(version)}: ${REASONS[reason]}`,
  );
  const more = unopened - items.length;
  const rest = more > 0 ? [`  and ${count(more)} more`] : [];
  const head = `${count(unopened)} of ${many(checked, "value")} ${unopened === 1 ? "does" : "do"} not open:`;
  return `${[head, "", ...lines, ...rest].join("\n")}\n${besides}`;
}

function unfinished(): CofferError {
  return new CofferError(
    "unavailable",
    "The check did not get to its end: the database could not be read, or the record not be written. Try again.",
  );
}
