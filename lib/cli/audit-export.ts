import { existsSync } from "node:fs";
import { OPERATOR } from "../access/caller";
import { recordExportQuery } from "../api/audit-schemas";
import { CofferError } from "../errors";
import { many } from "./amount";
import { UsageError, type Command, type Context, type Given, type Option } from "./command";
import { writeNewFile } from "./new-file";
import { writeOut } from "./screen";

const text = (takes: string, means: string): Option => ({ type: "string", takes, means });

/** The options of the API's export, by their names there. */
const FILTERS = {
  format: ["format", text("FORMAT", "jsonl or csv; jsonl unless given.")],
  actor: ["actor", text("WHO", "What somebody did: an id, an e-mail or a service's name.")],
  action: ["action", text("ACTION", "One such as secrets.rotate, or secrets for all of those.")],
  secret: ["secret", text("NAME", "What read a secret, tried to, or was done to it.")],
  service: ["service", text("SERVICE", "What a service did, and what was done to it.")],
  outcome: ["outcome", text("OUTCOME", "ok, denied or failed.")],
  address: ["address", text("ADDRESS", "An address, or a block such as 10.0.0.0/8.")],
  environment: ["environment", text("SLUG", "One environment; any unless given.")],
  requestId: ["request-id", text("ID", "The request of that X-Request-Id.")],
  from: ["from", text("TIME", "From this time on: 2030-01-31T00:00:00Z.")],
  to: ["to", text("TIME", "Before this time.")],
} as const satisfies Record<keyof typeof recordExportQuery.shape, readonly [string, Option]>;

/** `coffer audit export`: the record, or what passes the filters, as a file or on standard output. */
export const auditExport: Command = {
  name: "audit export",
  does: "Write the audit record, or what of it is looked for, as JSON Lines or CSV, newest first.",
  takes: ["[FILE]"],
  options: Object.fromEntries(Object.values(FILTERS)),
  notes:
    "It can run beside a server. Without FILE the events go to standard output. The filters are those of the API (docs/audit.md):\nall that are given have to apply. Only a whole record, as JSON Lines and without a filter, can be verified as a file.",
  examples: [
    ["coffer audit export audit.jsonl", "All of it; coffer audit verify --file verifies it."],
    [
      "coffer audit export --secret OPENAI_API_KEY --from 2030-01-01T00:00:00Z --format csv > key.csv",
      "Who read a secret since then, for a spreadsheet.",
    ],
    [
      "coffer audit export --outcome denied | jq -r .actor.name | sort | uniq -c",
      "Who is refused.",
    ],
  ],

  async run(given, context) {
    const query = readQuery(given);
    const [file] = given.arguments;
    const path = file === undefined ? null : context.pathOf(file);
    if (path === null && given.flag("json")) {
      throw new UsageError("--json takes a FILE: without one the events go to standard output.");
    }
    if (path !== null && existsSync(path)) {
      throw new UsageError(`${path} exists already. Nothing was changed.`);
    }
    let events = 0;
    const bar = context.screen.progress("Exporting");
    const bytes = await context
      .withVault(async ({ record }) => {
        const { pieces } = await record.exported(OPERATOR, query, (done, total) => {
          events = done;
          bar.at(done, total);
          if (context.signal.aborted) throw interrupted(path);
        });
        return path === null ? writeOut(pieces) : writeNewFile(path, buffers(pieces));
      })
      .finally(() => bar.end());
    return told(context, path, { events, bytes });
  },
};

/** @throws UsageError for an option that the API would refuse */
function readQuery(given: Given): ReturnType<typeof recordExportQuery.parse> {
  const typed = Object.entries(FILTERS).flatMap(([name, [option]]) => {
    const value = given.text(option);
    return value === undefined ? [] : [[name, value]];
  });
  const query = recordExportQuery.safeParse(Object.fromEntries(typed));
  if (query.success) return query.data;
  const name = query.error.issues[0]?.path[0] as keyof typeof FILTERS;
  const [option, { takes = "", means }] = FILTERS[name];
  throw new UsageError(`--${option} does not take that. ${takes}: ${means}`);
}

async function* buffers(pieces: AsyncIterable<string | Buffer>): AsyncGenerator<Buffer> {
  for await (const piece of pieces) yield Buffer.from(piece);
}

/** What was exported: said beside the events where they are on standard output. */
function told(
  { screen }: Context,
  path: string | null,
  { events, bytes }: { events: number; bytes: number },
) {
  const all = many(events, "event");
  if (path !== null) {
    const text = `Exported ${all} into ${path}, ${many(bytes, "byte")}.\n`;
    return { text, json: { file: path, events, bytes } };
  }
  screen.say(`Exported ${all}.`);
  return { text: "", json: null };
}

function interrupted(path: string | null): CofferError {
  const left = path === null ? "What was written is not all." : "No part of the file was left.";
  return new CofferError("unavailable", `Interrupted. ${left}`);
}
