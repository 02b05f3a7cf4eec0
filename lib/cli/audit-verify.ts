import { readFileSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { OPERATOR } from "../access/caller";
import { CofferError } from "../errors";
import type { AuditVerification } from "../shapes";
import { count } from "./amount";
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
    file: {
      ...({ type: "string", takes: "FILE" } as const),
      means:
        "Verify a whole record that was exported or streamed as JSON Lines, not the database's.",
    },
  },
  notes:
    "It can run beside a server. Exit code 3: something was changed, moved, cut off or added. What was cut off since the newest\ncheckpoint that you give, and since the last start of a process, can't be found. With --file the database's events are not looked\nat; its keys and its list of journals are, so it takes this vault or one that was restored from its backup.",
  examples: [
    ["coffer audit verify", "Goes through all of it."],
    [
      "coffer audit verify --checkpoint /mnt/elsewhere/coffer.checkpoint",
      "Also finds what was cut off at the end before that checkpoint.",
    ],
    [
      "coffer audit verify --file audit.jsonl",
      "Verifies an export, or what was streamed to a file.",
    ],
  ],

  async run(given, context) {
    const { screen, signal } = context;
    const file = given.text("checkpoint");
    const checkpoint = file === undefined ? undefined : read(context.pathOf(file));
    const typed = given.text("file");
    const exported = typed === undefined ? undefined : await opened(context.pathOf(typed));
    const bar = screen.progress("Verifying");
    const found = await context
      .withVault(async ({ audit }) => {
        signal.addEventListener("abort", () => audit.stopVerifying());
        const progress = (done: number, total: number) => bar.at(done, total);
        if (exported === undefined) await audit.verify(OPERATOR, checkpoint, progress);
        else await audit.verifyExported(OPERATOR, textOf(exported, signal), checkpoint, progress);
        await audit.settled();
        return audit.verified(OPERATOR);
      })
      .finally(() => bar.end());
    if (found === null) throw new TypeError("It was verified.");
    const exit = found.state !== "done" ? EXIT.failed : found.findings > 0 ? EXIT.found : EXIT.done;
    return { text: inWords(found, exported !== undefined), json: found, exit };
  },
};

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new UsageError(`${path} can't be read.`);
  }
}

/** Before anything is put on record: what is no file is a slip of who typed it. */
async function opened(path: string): Promise<FileHandle> {
  try {
    const file = await open(path);
    if (!(await file.stat()).isDirectory()) return file;
    await file.close();
  } catch {
    // said below
  }
  throw new UsageError(`${path} can't be read. Nothing was verified.`);
}

/** Without the mark (BOM) that some programs put before it. @throws CofferError `invalid_request` */
async function* textOf(file: FileHandle, signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const bytes of file.createReadStream({ signal }) as AsyncIterable<Uint8Array>) {
      yield decoder.decode(bytes, { stream: true });
    }
    yield decoder.decode();
  } catch (cause) {
    const message = "The file is not text in UTF-8, or can't be read. Nothing was verified.";
    throw new CofferError("invalid_request", message, { cause });
  }
}

function inWords(found: AuditVerification, isExported: boolean): string {
  const { state, checked, total, journals, unchained, findings, items, checkpoint } = found;
  const { chainedSince, beforeReset, resetAt } = found;
  const events = `${count(checked)} of ${count(total)} events in ${count(journals)} journals`;
  if (state !== "done") return `Stopped or failed after ${events}.\n`;
  const lines = [`Verified ${events}.`];
  if (unchained > 0 && chainedSince !== null) {
    lines.push(
      `${count(unchained)} of them are from before the chain, which began on ${chainedSince}, and are held as a whole since.`,
      "If Coffer was not upgraded then, somebody took the chain away before: hold the record against a checkpoint from before.",
    );
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
  const ofFile = journals === 0 ? OF_ANOTHER : OF_A_FILE;
  return [...lines, "", isExported ? ofFile : OF_THE_DATABASE, ""].join("\n");
}

const OF_THE_DATABASE = "Keep the database as it is, and compare it with a backup.";
const OF_A_FILE =
  "Was the file exported with a filter or for a time? What that left out counts as missing or cut: export without one.\nElse keep the file, and compare it with the database.";

const OF_ANOTHER =
  "No journal in the file is one of this vault's: the record is another vault's, or from after the backup that this one was restored from.";

/** What stands in the database may have been put there for this terminal. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 300);
}
