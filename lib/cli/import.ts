import { readFileSync } from "node:fs";
import { OPERATOR } from "../access/caller";
import type { ImportEntry, ImportReport } from "../shapes";
import { SOURCE_MAX_BYTES, TEXT_FORMATS, type ImportSource } from "../vault/import-request";
import { EXIT, UsageError, type Command, type Context, type Given, type Result } from "./command";
import { showImport } from "./import-progress";
import { readSecret, secretOptions } from "./typed-secret";

/** `coffer import`: many secrets at once, all or nothing. */
export const importFile: Command = {
  name: "import",
  does: "Import secrets from a .env, a JSON or YAML map, or from Tyk AI Studio, all or nothing.",
  takes: ["FILE"],
  options: {
    environment: {
      ...{ type: "string", takes: "SLUG" },
      means: "Where they go; default unless given.",
    },
    format: {
      ...{ type: "string", takes: "FORMAT" },
      means: `${TEXT_FORMATS.join(", ")}; what the text looks like unless given.`,
    },
    from: {
      ...{ type: "string", takes: "SYSTEM" },
      means:
        "tyk: FILE is Tyk AI Studio's SQLite file, or a CSV or JSON dump of its secrets table.",
    },
    ...secretOptions("key"),
    "rotate-existing": {
      type: "boolean",
      means:
        "Give secrets that exist the value as a new version; they are left as they are unless given.",
    },
    "skip-invalid": {
      type: "boolean",
      means: "Leave out what can't be taken, instead of importing nothing.",
    },
    "dry-run": { type: "boolean", means: "Say what would be done, and do nothing." },
  },
  notes:
    "The key is Tyk's TYK_AI_SECRET_KEY, not Coffer's. What is in the trash is never taken over. With --dry-run it ends with 3 if something can't be taken.",
  examples: [
    ["coffer import .env --dry-run", "Says what would become of each variable."],
    [
      "coffer import secrets.yaml --environment production --rotate-existing",
      "Adds what is new, and a version to what is there.",
    ],
    [
      "coffer import tyk.db --from tyk --key-file /run/secrets/tyk-key",
      "Moves the secrets of Tyk AI Studio.",
    ],
  ],

  async run(given, context) {
    const dry = given.flag("dry-run");
    const request = {
      environment: given.text("environment"),
      source: await sourceOf(given, context),
      existing: given.flag("rotate-existing") ? ("rotate" as const) : ("leave" as const),
      invalid: given.flag("skip-invalid") ? ("skip" as const) : ("refuse" as const),
    };
    const { watch, end } = showImport(context.screen);
    const report = await context
      .withVault(({ imports }) =>
        dry ? imports.preview(OPERATOR, request, watch) : imports.run(OPERATOR, request, watch),
      )
      .finally(end);
    return resultOf(report, dry);
  },
};

async function sourceOf(given: Given, context: Context): Promise<ImportSource> {
  const [typed = ""] = given.arguments;
  const [from, format] = [given.text("from"), given.text("format")];
  if (from !== undefined && from !== "tyk") throw new UsageError("--from takes tyk.");
  if (from !== undefined && format !== undefined) {
    throw new UsageError("--format is for texts; with --from tyk it is not needed.");
  }
  const known = TEXT_FORMATS.find((each) => each === format);
  if (format !== undefined && known === undefined) {
    throw new UsageError(`--format takes ${TEXT_FORMATS.join(", ")}.`);
  }
  const key = await readSecret(given, context, {
    ...{ what: "key", isNew: false, ask: from === "tyk" },
  });
  if (from === undefined && key !== undefined) {
    throw new UsageError("A key is for --from tyk.");
  }
  if (from === "tyk" && key === undefined) {
    throw new UsageError("--from tyk needs its TYK_AI_SECRET_KEY: --key-file or --key-stdin.");
  }
  const file = readFile(context.pathOf(typed));
  return key === undefined ? { format: known, text: textOf(file) } : { format: "tyk", file, key };
}

function readFile(path: string): Buffer {
  let file: Buffer;
  try {
    file = readFileSync(path);
  } catch {
    throw new UsageError(`FILE can't be read: ${path}`);
  }
  if (file.length <= SOURCE_MAX_BYTES) return file;
  throw new UsageError("FILE is larger than 16 MiB. Split it.");
}

function textOf(file: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(file);
  } catch {
    throw new UsageError(
      "FILE is not text in UTF-8. A database of Tyk AI Studio needs --from tyk.",
    );
  }
}

const WORDS: Record<ImportEntry["state"], string> = {
  add: "new",
  exists: "exists, left as it is",
  trashed: "in the trash, left there",
  left_out: "left out",
  invalid: "can't be taken",
  added: "added",
  rotated: "new version",
};

function resultOf(report: ImportReport, dry: boolean): Result {
  const lines = report.entries.map(({ name, state, version, reason }) => {
    const numbered = version === null ? "" : ` (v${String(version)})`;
    return `${name}: ${WORDS[state]}${numbered}${reason === null ? "" : `. ${reason}`}`;
  });
  const isBad = ({ state, duplicate }: ImportEntry) => state === "invalid" || duplicate;
  const done = report.entries.filter(({ state }) => state === "added" || state === "rotated");
  const end = dry
    ? `Nothing was done: ${String(report.entries.length)} looked at, ${String(report.entries.filter(isBad).length)} can't be taken as they stand.`
    : `${String(done.length)} imported into ${report.environment}.`;
  const exit = dry && report.entries.some(isBad) ? EXIT.found : EXIT.done;
  return { text: `${[...lines, ...report.notes, end].join("\n")}\n`, json: report, exit };
}
