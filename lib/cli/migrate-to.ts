import { hasPassword, misleadingIn, withHost } from "../database-url";
import { openLog } from "../log";
import { moveVault, type Moved, type MoveStep } from "../vault/move";
import { many } from "./amount";
import { UsageError, type Command, type Context, type Given } from "./command";
import type { Progress } from "./screen";
import { readSecret, secretOptions } from "./typed-secret";

const STEPS: Record<MoveStep, string> = {
  ...{ writing: "Copying", comparing: "Comparing" },
  ...{ opening: "Opening values", verifying: "Verifying the record" },
};
const STANDARD_ERROR = 2;

/** `coffer migrate-to`: the vault, as it is, in another database. */
export const migrateTo: Command = {
  name: "migrate-to",
  does: "Move the vault to an empty PostgreSQL database, or back to a file.",
  takes: ["[URL]"],
  options: {
    ...secretOptions("url"),
    "as-it-is": {
      type: "boolean",
      means: "Move it also where a value does not open, or a row or the record was changed.",
    },
  },
  notes: [
    "Stop Coffer first. The vault is copied with its keys, tokens, sessions and audit record, and all of it is verified there before it is in",
    "force. URL is postgresql://USER@HOST/DATABASE or file: and a path; one with a password is given by --url-file or --url-stdin, since every",
    "process of the machine can see what is typed. One that is interrupted or killed has moved nothing: type it again. The vault that was",
    "moved stays where it was. Read docs/moving.md before.",
  ].join("\n"),
  examples: [
    ["coffer migrate-to --url-file /run/secrets/database-url", "The address is in a file."],
    ["coffer migrate-to postgresql://coffer@db.internal/coffer", "Where it needs no password."],
    ["coffer migrate-to file:./data/coffer.db", "Back from PostgreSQL to a file."],
  ],

  async run(given, context) {
    const { settings, screen, signal } = context;
    const { config, masterKey, previousMasterKey } = settings;
    const { to, line } = await readTarget(given, context);
    if (to === config.databaseUrl) {
      throw new UsageError("The vault is there already: DATABASE_URL names the same database.");
    }
    const bars = new Map<MoveStep, Progress>();
    const progress = (step: MoveStep, done: number, total: number) => {
      let bar = bars.get(step);
      if (!bar) {
        for (const earlier of bars.values()) earlier.end();
        bars.clear();
        bars.set(step, (bar = screen.progress(STEPS[step])));
      }
      bar.at(done, total);
    };
    const log = openLog(config.logLevel === "silent" ? "silent" : "warn", STANDARD_ERROR);
    const moved = await context
      .withVault((vault) =>
        moveVault(vault, {
          ...{ config, masterKey, previousMasterKey, to, log, progress, signal },
          asItIs: given.flag("as-it-is"),
        }),
      )
      .finally(() => [...bars.values()].at(-1)?.end());
    const lines = config.directUrl === undefined ? [line] : [line, OTHER_DIRECT];
    return { text: inWords(moved, lines), json: { ...moved, setting: line } };
  },
};

/** The address, and the line of the configuration that names it. @throws UsageError */
async function readTarget(given: Given, context: Context): Promise<{ to: string; line: string }> {
  const [typed] = given.arguments;
  const file = given.text("url-file");
  const read = await readSecret(given, context, { what: "url", isNew: false });
  if (typed !== undefined && read !== undefined) {
    throw new UsageError("URL is given twice. Keep one of them.");
  }
  const meant = typed ?? read;
  if (meant === undefined) throw new UsageError("URL is missing: type it, or give --url-file.");
  const url = withHost(meant);
  if (url.startsWith("file:") && url !== "file:") {
    const to = `file:${context.pathOf(url.slice("file:".length))}`;
    return { to, line: `DATABASE_URL=${to}` };
  }
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new UsageError("URL takes postgresql://USER@HOST/DATABASE, or file: and a path.");
  }
  const problem = misleadingIn(url);
  if (problem !== null) throw new UsageError(`URL: ${problem}`);
  if (typed !== undefined && hasPassword(url)) {
    throw new UsageError(
      "The address has a password in it, which every process of the machine can see now. Give it by --url-file or --url-stdin, and think of changing the password.",
    );
  }
  if (file !== undefined) return { to: url, line: `DATABASE_URL_FILE=${context.pathOf(file)}` };
  return { to: url, line: typed === undefined ? STDIN_LINE : `DATABASE_URL=${url}` };
}

const STDIN_LINE = "DATABASE_URL=… (the address that you gave)";

/** What led past a pooler leads to the database of before. */
const OTHER_DIRECT =
  "and no DATABASE_URL_DIRECT, or the one of the new place: it leads to the database of before";

function inWords(moved: Moved, lines: readonly string[]): string {
  const { copied, values, unopened, rows, tampered, events, findings } = moved;
  const bad = unopened + tampered + findings;
  return [
    `Moved ${many(copied, "row")}. Each reads back as it was, byte for byte.`,
    `Looked at there: ${many(values, "value")} opened, ${many(rows, "row")} that access is decided by, ${many(events, "event")} of the audit record.`,
    bad === 0
      ? "All are as Coffer wrote them."
      : `NOT as Coffer wrote it, here as there: ${String(unopened)} values, ${String(tampered)} rows, the record in ${String(findings)} places.`,
    "",
    "Now set, in the environment or in .env, in place of the DATABASE_URL of before:",
    "",
    ...lines.map((line) => `  ${line}`),
    "",
    "and start Coffer. What was the vault until now is still there, and gets no change from now on: keep it until the new one has proved",
    "itself, then delete it. Never start Coffer on both.",
    "",
  ].join("\n");
}
