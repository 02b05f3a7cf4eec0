import { OPERATOR } from "../access/caller";
import type { KeyringInfo } from "../shapes";
import { count } from "./amount";
import type { Command } from "./command";

/** `coffer keys status`: which keys there are, and how much is sealed under each. */
export const keysStatus: Command = {
  name: "keys status",
  does: "Say which keys there are, how many values each data key seals, and who runs on which.",
  takes: [],
  options: {},
  notes: "A key is named by its fingerprint. No key and no value is shown.",
  examples: [
    ["coffer keys status", "Looks at the keyring."],
    ["coffer keys status --json", "The same for a script, as GET /api/v1/keys answers."],
  ],

  async run(_given, context) {
    const info = await context.withVault(({ keys }) => keys.status(OPERATOR));
    return { text: inWords(info), json: info };
  },
};

function inWords(info: KeyringInfo): string {
  const others = info.wraps.filter(({ isCurrent }) => !isCurrent);
  const alone =
    others.length === 0
      ? "It alone opens the vault."
      : `So does ${others.map(({ fingerprint }) => fingerprint).join(", ")}: see coffer keys rekey.`;
  const sections: [string, string[]][] = [
    ["Master key", [`${info.fingerprint}, that this command was started with. ${alone}`]],
    ["Keyring", [`of ${dayOf(info.createdAt)}, ${info.kdf}`]],
    ["Data keys", info.dataKeys.map((key) => dataKeyLine(info, key))],
    ["Sealed anew", [resealLine(info)]],
    ["Not openable", unopenedLines(info)],
    ["Processes", info.instances.map(instanceLine)],
  ];
  const lines = sections.flatMap(([title, rows]) =>
    rows.map((row, index) => `${(index === 0 ? title : "").padEnd(14)}${row}`),
  );
  return `${lines.join("\n")}\n`;
}

function dataKeyLine(
  { newestKeyId, seals }: KeyringInfo,
  { id, values, createdAt, createdBy }: KeyringInfo["dataKeys"][number],
): string {
  const by = createdBy === null ? "" : ` by ${createdBy}`;
  const used =
    id === newestKeyId ? `; the newest, ${count(seals.used)} of ${count(seals.limit)} seals` : "";
  return `${String(id)}: ${count(values)} values, made ${dayOf(createdAt)}${by}${used}`;
}

function resealLine({ reseal, newestKeyId }: KeyringInfo): string {
  const { state, done, total, problem } = reseal;
  if (state === "idle") return "all";
  const stopped = problem === null ? "" : ` ${problem}`;
  return `${count(done)} of ${count(total)} are under data key ${String(newestKeyId)}; a server that runs goes on, or coffer keys rotate.${stopped}`;
}

function unopenedLines({ unopened, lost }: KeyringInfo): string[] {
  return [
    ...(unopened > 0 ? [`${count(unopened)} values; coffer keys check names them`] : []),
    ...(lost > 0 ? [`${count(lost)} values, lost with a key of before`] : []),
  ];
}

function instanceLine(instance: KeyringInfo["instances"][number]): string {
  const { kind, fingerprint, startedAt, isThis } = instance;
  const which = isThis ? "this command" : kind === "command" ? "a command" : "a server";
  return `${which}, on ${fingerprint}, since ${startedAt}`;
}

const dayOf = (time: string): string => time.slice(0, 10);
