import { OPERATOR } from "../access/caller";
import { CofferError } from "../errors";
import type { KeyringInfo } from "../shapes";
import type { Keys } from "../vault/vault";
import { typesPhrase } from "./confirm";
import type { Command, Result } from "./command";

/** `coffer keys rekey`: where the change of the master key stands, and the end of the old one. */
export const keysRekey: Command = {
  name: "keys rekey",
  does: "Say where a change of the master key stands, and end the old key.",
  takes: [],
  options: {
    yes: { type: "boolean", means: "End the old key without asking." },
  },
  notes:
    "A rekey begins with the settings: the new key as TYK_AI_SECRET_KEY, the one until now as TYK_AI_SECRET_KEY_PREVIOUS. Whatever is started\nwith both, this command too, wraps every key under the new one; no value is touched. The old key is ended once no process runs on it.",
  examples: [
    ["coffer keys rekey", "Says where it stands, and asks before it ends the old key."],
    ["coffer keys rekey --yes", "Ends it, for a script. Refused as long as a process runs on it."],
  ],

  run: (given, context) =>
    context.withVault(async ({ keys }) => {
      const info = await keys.status(OPERATOR);
      const old = info.wraps.filter(({ isCurrent }) => !isCurrent);
      if (old.length === 0) return none(info);
      for (const { fingerprint, instances } of old) {
        context.screen.say(standing(info, fingerprint));
        // Where a process runs on it, the vault refuses in its own words.
        const isAsked = !given.flag("yes") && instances === 0;
        if (isAsked && !(await typesPhrase(fingerprint))) throw unasked(info, fingerprint);
        await keys.endWrap(OPERATOR, fingerprint);
      }
      return ended(
        keys,
        old.map(({ fingerprint }) => fingerprint),
      );
    }),
};

function standing({ fingerprint: current }: KeyringInfo, old: string): string {
  return [
    `Two keys open this vault: ${current}, that TYK_AI_SECRET_KEY is now, and ${old}.`,
    `${old} is to be ended: nothing starts with it any more. Backups from before still need it.`,
  ].join("\n");
}

function none(info: KeyringInfo): Result {
  const text = `No rekey is under way: ${info.fingerprint} alone opens this vault. To change it, set TYK_AI_SECRET_KEY to the new key and\nTYK_AI_SECRET_KEY_PREVIOUS to this one, and start Coffer or type this command again.\n`;
  return { text, json: { ended: [], keys: info } };
}

async function ended(keys: Keys, old: readonly string[]): Promise<Result> {
  const info = await keys.status(OPERATOR);
  const text = `Ended ${old.join(", ")}. ${info.fingerprint} alone opens this vault. Remove TYK_AI_SECRET_KEY_PREVIOUS from the settings.\n`;
  return { text, json: { ended: old, keys: info } };
}

function unasked(info: KeyringInfo, old: string): CofferError {
  return new CofferError(
    "confirmation_required",
    `${old} opens this vault still, beside ${info.fingerprint}. To end it where nobody can be asked, say --yes. Nothing was ended.`,
  );
}
