import { statSync } from "node:fs";
import { restoreBackup, type Restored } from "../vault/restore";
import { many } from "./amount";
import { missingPassphrase } from "./backup";
import { UsageError, type Command } from "./command";
import type { Progress } from "./screen";
import { readSecret, secretOptions } from "./typed-secret";

const STEPS = {
  ...{ verifying: "Verifying", writing: "Restoring" },
  ...{ copying: "Copying to the server", comparing: "Comparing" },
};

/** `coffer restore`: a vault from a backup. */
export const restore: Command = {
  name: "restore",
  does: "Make a vault of a backup, in a database that does not exist yet or is empty.",
  takes: ["FILE"],
  options: secretOptions("passphrase"),
  notes:
    "It takes the passphrase, given as for coffer backup, and the TYK_AI_SECRET_KEY of the vault that was backed up. The whole file is verified before anything is\nwritten. Nobody is signed in then, and every service is off until an admin has looked at it.",
  examples: [
    ["coffer restore coffer-2030-01-31.backup", "Asks for the passphrase, and restores."],
    [
      "DATABASE_URL=file:/tmp/rehearsal.db coffer restore coffer.backup --passphrase-file passphrase",
      "Rehearses a restore beside the vault that is in use.",
    ],
  ],

  async run(given, { settings, screen, signal, ...context }) {
    const file = context.pathOf(given.arguments[0] ?? "");
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
      throw new UsageError(`There is no file ${file}.`);
    }
    const setting = settings.backupPassphrase;
    const how = { what: "passphrase", isNew: false, ask: true, setting };
    const passphrase = await readSecret(given, { ...context, settings, screen, signal }, how);
    if (passphrase === undefined) throw missingPassphrase();
    const { config, masterKey } = settings;
    const bars = new Map<string, Progress>();
    const progress = (step: keyof typeof STEPS, done: number, total: number) => {
      let bar = bars.get(step);
      if (!bar) {
        for (const earlier of bars.values()) earlier.end();
        bars.set(step, (bar = screen.progress(STEPS[step])));
      }
      bar.at(done, total);
    };
    const restored = await restoreBackup({
      ...{ config, masterKey, file, passphrase, progress, signal },
    }).finally(() => [...bars.values()].at(-1)?.end());
    return { text: inWords(restored), json: restored };
  },
};

function inWords({ takenAt, rows, held }: Restored): string {
  const lines = [`Restored ${many(rows, "row")} of the backup of ${takenAt}.`];
  lines.push("Nobody is signed in. Start Coffer with npm start.");
  if (held.length > 0) {
    lines.push(
      "",
      "These services are off until an admin decides, under Settings → Held services:",
      "",
    );
    for (const { name, environment, tokens } of held) {
      lines.push(`  ${name} in ${environment}, live tokens: ${String(tokens)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
