import { existsSync } from "node:fs";
import { OPERATOR } from "../access/caller";
import { CofferError } from "../errors";
import { many } from "./amount";
import { UsageError, type Command } from "./command";
import { writeNewFile } from "./new-file";
import { readSecret, secretOptions } from "./typed-secret";

/** `coffer backup`: the whole vault as one encrypted file. */
export const backup: Command = {
  name: "backup",
  does: "Back the whole vault up into one encrypted file, while Coffer runs.",
  takes: ["FILE"],
  options: secretOptions("passphrase"),
  notes:
    "Without an option the passphrase is that of COFFER_BACKUP_PASSPHRASE, or of the file that COFFER_BACKUP_PASSPHRASE_FILE names; on a\nterminal it is asked for else. The file holds values as they are sealed: to restore it takes the passphrase and\nTYK_AI_SECRET_KEY. Keep that apart from it.",
  examples: [
    ["coffer backup coffer-2030-01-31.backup", "Asks for a passphrase, and writes the file."],
    [
      "coffer backup /backups/coffer.backup --passphrase-file /run/secrets/passphrase",
      "For a job that runs every night.",
    ],
  ],

  async run(given, context) {
    const path = context.pathOf(given.arguments[0] ?? "");
    if (existsSync(path)) throw new UsageError(`${path} exists already. Nothing was changed.`);
    const setting = context.settings.backupPassphrase;
    const how = { what: "passphrase", isNew: true, ask: true, setting };
    const passphrase = await readSecret(given, context, how);
    if (passphrase === undefined) throw missingPassphrase();
    let rows = 0;
    const bar = context.screen.progress("Backing up");
    const bytes = await context
      .withVault(async ({ backups }) => {
        const { pieces } = await backups.take(OPERATOR, passphrase, (done, total) => {
          rows = total;
          bar.at(done, total);
          if (context.signal.aborted) throw interrupted();
        });
        return writeNewFile(path, pieces);
      })
      .finally(() => bar.end());
    const text = `Backed up ${many(rows, "row")} into ${path}, ${many(bytes, "byte")}.\n`;
    return { text, json: { file: path, bytes, rows } };
  },
};

/** For a command that has nobody to ask. */
export function missingPassphrase(): UsageError {
  return new UsageError(
    "The passphrase is missing: set COFFER_BACKUP_PASSPHRASE, or give --passphrase-file or --passphrase-stdin.",
  );
}

function interrupted(): CofferError {
  return new CofferError("unavailable", "Interrupted. No part of the file was left.");
}
