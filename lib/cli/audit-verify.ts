import { readFileSync } from "node:fs";
import { OPERATOR } from "../access/caller";
import type { AuditVerification } from "../shapes";
import { EXIT, UsageError, type Command } from "./command";

/** Findings that are shown. `--json` has up to a hundred. */
const SHOWN = 10;

/** `coffer audit verify`: whether the audit record is as Coffer wrote it. */
export const auditVerify: Command = {
  name: "audit verify",
  does: "Say whether the audit record is as Coffer wrote it, and name what is not.",
  takes: [],
  options: {
    checkpoint: {
      ...({ type: "string", takes: "FILE" } as const),
      means: "Hold it against a checkpoint that was kept elsewhere, too.",
    },
  },
  notes:
    "It can run beside a server. Exit code 3: something was changed, moved, cut off or added. What was cut off since the newest\ncheckpoint that you give, and since the last start of a process, can't be found.",
  examples: [
    ["coffer audit verify", "Goes through all of it."],
    [
      "coffer audit verify --checkpoint /mnt/elsewhere/coffer.checkpoint",
      "Also finds what was cut off at the end before that checkpoint.",
    ],
  ],

  async run(given, context) {
    const { screen, signal } = context;
    const file = given.text("checkpoint");
    const checkpoint = file === undefined ? undefined : read(context.pathOf(file));
    const bar = screen.progress("Verifying");
    const found = await context
      .withVault(async ({ audit }) => {
        signal.addEventListener("abort", () => audit.stopVerifying());
        await audit.verify(OPERATOR, checkpoint, (done, total) => bar.at(done, total));
        await audit.settled();
        return audit.verified(OPERATOR);
      })
      .finally(() => bar.end());
    if (found === null) throw new TypeError("It was verified.");
    const exit = found.state !== "done" ? EXIT.failed : found.findings > 0 ? EXIT.found : EXIT.done;
    return { text: inWords(found), json: found, exit };
  },
};

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new UsageError(`${path} can't be read.`);
  }
}

function inWords(found: AuditVerification): string {
  const { state, checked, total, journals, unchained, findings, items, checkpoint } = found;
  const { beforeReset, resetAt } = found;
  const events = `${count(checked)} of ${count(total)} events in ${count(journals)} journals`;
  if (state !== "done") return `Stopped or failed after ${events}.\n`;
  const lines = [`Verified ${events}.`];
  if (unchained > 0) {
    lines.push(`${count(unchained)} of them are from before the chain, and are held as a whole.`);
  }
  if (resetAt !== null) {
    const since = findings === 0 ? "; unchanged since the reset" : "";
    lines.push(
      `${count(beforeReset)} of them are from before the keys were reset on ${resetAt}: their MACs can't be checked any more${since}.`,
    );
  }
  if (checkpoint !== null) lines.push(`Held against the checkpoint of ${checkpoint}.`);
  if (findings === 0) {
    const those = resetAt === null ? "All of them" : "All the others";
    return [...lines, `${those} are as Coffer wrote them.`, ""].join("\n");
  }
  lines.push("", `NOT as Coffer wrote it, in ${count(findings)} places. The first:`, "");
  for (const { kind, journal, seq, at, message } of items.slice(0, SHOWN)) {
    const when = at === null ? "" : `, ${printable(at)}`;
    lines.push(`  ${kind}: event ${String(seq)} of journal ${printable(journal)}${when}`);
    lines.push(`    ${printable(message)}`);
  }
  lines.push("", "Keep the database as it is, and compare it with a backup.", "");
  return lines.join("\n");
}

const count = (number: number): string => number.toLocaleString("en");

/** What stands in the database may have been put there for this terminal. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 300);
}
