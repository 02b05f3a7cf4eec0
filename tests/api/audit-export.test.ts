import { get } from "node:http";
import { beforeAll, describe, expect, test } from "vitest";
import type { RecordEvent, RecordPage } from "../../lib/shapes";
import type { EventRow } from "../../lib/store/event-rows";
import { csv, eventsOf as piecesOf } from "../../lib/vault/record-export";
import {
  Client,
  eventsOf,
  must,
  mustCreateSecret,
  mustHaveService,
  shareCoffer,
  tamper,
} from "../support/coffer";

const EXPORT = "/api/v1/audit/export";
const shared = shareCoffer();
let service: Client;

beforeAll(async () => {
  await mustCreateSecret(shared.admin, "KEPT", "value-of-kept");
  service = await mustHaveService(shared.coffer, shared.admin, ["KEPT"]);
  must(200, await service.resolve("$SECRET/KEPT"));
});

const linesOf = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as RecordEvent);

/** Reads an answer on a connection of its own: all of it, or up to its first piece and no further. */
function read(path: string, until: "first" | "end" = "end"): Promise<string> {
  return new Promise((resolve, reject) => {
    const { headers } = shared.admin;
    const request = get(shared.coffer.url + path, { headers, agent: false }, (response) => {
      let text = "";
      response.on("data", (piece: Buffer) => {
        text += piece.toString();
        if (until === "end") return;
        response.destroy();
        resolve(text);
      });
      response.on("end", () => resolve(text));
    });
    request.on("error", reject);
  });
}

describe("an export", () => {
  test("as JSON Lines has what a search finds, newest first, and times in ISO 8601", async () => {
    const answer = await shared.admin.get(`${EXPORT}?secret=KEPT`);
    expect(answer.headers.get("content-type")).toBe("application/x-ndjson; charset=utf-8");
    expect(answer.headers.get("content-disposition")).toMatch(
      /^attachment; filename="coffer-audit-[\d-]+T[\d-]+Z\.jsonl"$/,
    );
    const { items } = (await shared.admin.get("/api/v1/audit?secret=KEPT"))
      .json as unknown as RecordPage;
    expect(linesOf(answer.text)).toEqual(items);
    expect(items.map(({ action }) => action)).toEqual(["secrets.resolve", "secrets.create"]);
    for (const { at } of items) expect(new Date(at).toISOString()).toBe(at);
  });

  test("is on record with its filters, and has no value", async () => {
    const answer = await shared.admin.get(`${EXPORT}?format=csv&action=secrets.create`);
    expect(await eventsOf(shared.coffer, answer)).toMatchObject([
      { action: "audit.export", outcome: "ok", target: "action=secrets.create" },
    ]);
    expect(answer.text).not.toContain("value-of-kept");
  });

  test("as CSV has no cell that a spreadsheet takes for a formula, whatever a caller has sent", async () => {
    const userAgents = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", `=${"x".repeat(7_000)}`, 'a"b,c'];
    for (const userAgent of userAgents) {
      const client = new Client(service.url, { ...service.headers, "user-agent": userAgent });
      must(200, await client.resolve("$SECRET/KEPT"));
    }
    const { text, headers } = await shared.admin.get(`${EXPORT}?format=csv&secret=KEPT`);
    expect(headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const [head, ...lines] = text.trimEnd().split("\r\n");
    expect(head).toMatch(/^at,journal,seq,actorKind,/);
    expect(lines).toHaveLength(8);
    const cells = lines.map((line) => line.match(/("([^"]|"")*"|[^,]*)(,|$)/g) ?? []);
    for (const cell of cells.flat()) expect(cell).not.toMatch(/^"?[=+\-@\t\r]/);
    for (const line of lines) expect(line.length).toBeLessThan(1_000);
    expect(text).toContain(`"'=HYPERLINK(1)"`);
    expect(text).toContain(`"a""b,c"`);
  });

  test("asks for a portion only once somebody wants it, and for none after who reads it is gone", async () => {
    let asked = 0;
    const searcher = {
      run: () => {
        asked++;
        const event = { at: "2030-01-31T12:00:00.000Z", journalId: "j", seq: asked, names: "[]" };
        return Promise.resolve({ events: [event], next: event });
      },
      close: () => Promise.resolve(),
    };
    const pieces = csv(piecesOf(searcher as never, {}));
    for (let read = 0; read < 3; read++) await pieces.next();
    expect(asked).toBe(2); // the first piece is the heads
    await pieces.return(undefined);
    await pieces.next();
    expect(asked).toBe(2);
  });

  test("of many events is cut off with its reader, and Coffer goes on", async () => {
    const { coffer } = shared;
    const [journal] = await (await coffer.database()).db.journal.findMany();
    const journalId = journal?.id ?? "";
    const row: Omit<EventRow, "at"> = {
      ...{ actorKind: "user", actorId: "u", actorName: "many@example.com", action: "secrets.list" },
      ...{ environment: "default", target: "", names: "[]", outcome: "ok", code: "" },
      ...{ address: "192.0.2.9", userAgent: "x".repeat(256), requestId: "r" },
      ...{ tokenId: null, incident: null, repeats: null },
    };
    const at = (seq: number) => new Date(coffer.clock.now().getTime() - seq * 10);
    for (let from = 0; from < 3_000; from += 200) {
      const rows = Array.from({ length: 200 }, (_, index) => 1_000_000 + from + index);
      const data = rows.map((seq) => ({ ...row, journalId, seq, at: at(seq) }));
      await tamper(coffer, (tx) => tx.auditEvent.createMany({ data }));
    }
    const path = `${EXPORT}?actor=many@example.com`;
    expect(linesOf(await read(path))).toHaveLength(3_000);
    expect((await read(path, "first")).length).toBeGreaterThan(0);
    expect(linesOf(await read(`${EXPORT}?secret=KEPT`)).length).toBeGreaterThan(0);
  });
});
