import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { AuditVerification, RecordEvent } from "../../lib/shapes";
import { asAdmin, must, shareCoffer, startCoffer, tamper, type Client } from "../support/coffer";
import { runCoffer } from "../support/command";
import { callAll, makeWorld } from "../support/every-route";

// A process for each of them.
const LONG = { timeout: 600_000 };

const shared = shareCoffer();
let lines: string[];
/** Where the events of the server's own journal are in `lines`, by their numbers. */
let own: number[];

const exported = async (admin: Client, query = "") =>
  (await admin.get(`/api/v1/audit/export?format=jsonl${query}`)).text.trimEnd().split("\n");

beforeAll(async () => {
  const { coffer, admin } = shared;
  const { home } = coffer;
  const other = await runCoffer(["audit", "checkpoint"], { home });
  expect(other.code, other.stderr).toBe(0); // a journal of its own
  await callAll(admin, await makeWorld(admin));
  const checkpoint = must(200, await admin.get("/api/v1/audit/checkpoint")) as { text: string };
  writeFileSync(join(home, "kept"), checkpoint.text);
  lines = await exported(admin);
  const { journal } = eventAt(lines.findIndex((line) => line.includes('"kind":"user"')));
  own = [...lines.keys()]
    .filter((index) => eventAt(index).journal === journal)
    .sort((a, b) => eventAt(a).seq - eventAt(b).seq);
}, 120_000);

async function verified(content: readonly string[], ...more: string[]) {
  const file = `${randomUUID()}.jsonl`;
  const { home } = shared.coffer;
  writeFileSync(join(home, file), `${content.join("\n")}\n`);
  const ran = await runCoffer(["audit", "verify", "--file", file, "--json", ...more], { home });
  const found = ran.code === 0 || ran.code === 3 ? (JSON.parse(ran.stdout) as AuditVerification) : null; // prettier-ignore
  return {
    ...{ code: ran.code, stderr: ran.stderr, checked: found?.checked, journals: found?.journals },
    found: found?.items.map(({ kind, seq }) => `${kind} ${String(seq)}`),
  };
}

const eventAt = (index: number) => JSON.parse(lines[index] ?? "") as RecordEvent;
const withEvent = (index: number, change: Partial<RecordEvent>) =>
  lines.with(index, JSON.stringify({ ...eventAt(index), ...change }));

test(
  "an exported record is as Coffer wrote it, in any order and with lines twice",
  LONG,
  async () => {
    const whole = { code: 0, checked: lines.length, journals: 2, found: [] };
    expect(await verified(lines, "--checkpoint", "kept")).toMatchObject(whole);
    const streamed = [...lines.toReversed(), ...lines.slice(0, 5)];
    expect(await verified(streamed)).toMatchObject(whole);
  },
);

test("what was done to the file is found and named", LONG, async () => {
  const [at = 0, otherAt = 0] = [own[20], own[30]];
  const [one, other] = [eventAt(at), eventAt(otherAt)];
  const seq = (event: RecordEvent) => String(event.seq);
  expect(await verified(withEvent(at, { address: "192.0.2.9" }))).toMatchObject({
    ...{ code: 3, found: [`changed ${seq(one)}`] },
  });
  expect(await verified(lines.toSpliced(at, 1))).toMatchObject({
    ...{ code: 3, found: [`missing ${seq(one)}`] },
  });
  const swapped = withEvent(at, { ...other, seq: one.seq }).with(
    otherAt,
    JSON.stringify({ ...one, seq: other.seq }),
  );
  expect((await verified(swapped)).found?.toSorted()).toEqual(
    [`moved ${seq(one)}`, `moved ${seq(other)}`].toSorted(),
  );
  const twice = [...lines, JSON.stringify({ ...one, address: "192.0.2.9" })];
  expect(await verified(twice)).toMatchObject({ code: 3 });
});

test("a line that says two things is found, though one reading of it is right", LONG, async () => {
  const at = own[20] ?? 0;
  const more = '{"outcome":"denied","actor":{"kind":"user","id":"x","name":"innocent"},';
  const edited = lines.with(at, (lines[at] ?? "").replace("{", more));
  const found = [`changed ${String(eventAt(at).seq)}`];
  expect(await verified(edited)).toMatchObject({ code: 3, checked: lines.length, found });
  const { home } = shared.coffer;
  writeFileSync(join(home, "edited.jsonl"), edited.join("\n"));
  const ran = await runCoffer(["audit", "verify", "--file", "edited.jsonl"], { home });
  expect(ran.stdout).toContain(`Line ${String(at + 1)} of the file is not what Coffer writes`);
  expect(ran.stderr).not.toContain("{"); // the log's lines are for a server's
});

test("what other programs put around a file's lines is no change", LONG, async () => {
  const [first = "", ...others] = lines.map((line) => `${line}\r`);
  const whole = { code: 0, checked: lines.length, found: [] };
  expect(await verified([`\ufeff${first}`, ...others, "", "\r"])).toMatchObject(whole);
});

test("a file in which there is no event is not called right", LONG, async () => {
  const { home } = shared.coffer;
  for (const text of ["", "\n \n", "\ufeff"]) {
    writeFileSync(join(home, "empty.jsonl"), text);
    const ran = await runCoffer(["audit", "verify", "--file", "empty.jsonl"], { home });
    expect([ran.code, ran.stdout]).toEqual([1, ""]);
    expect(ran.stderr).toContain("There is no event in the file");
  }
  writeFileSync(join(home, "bytes.jsonl"), Buffer.from([0x7b, 0xff, 0x7d]));
  const ran = await runCoffer(["audit", "verify", "--file", "bytes.jsonl"], { home });
  expect([ran.code, ran.stdout]).toEqual([1, ""]);
  expect(ran.stderr).toContain("not text in UTF-8");
});

test("an end that was cut off is found by a checkpoint, and not without", LONG, async () => {
  const end = own.slice(-15);
  const cut = lines.filter((_, index) => !end.includes(index));
  expect(await verified(cut)).toMatchObject({ code: 0, found: [] });
  const seq = String(eventAt(end[0] ?? 0).seq);
  expect(await verified(cut, "--checkpoint", "kept")).toMatchObject({
    ...{ code: 3, found: [`cut ${seq}`] },
  });
});

test("a filtered export is not taken for a whole one, and what to do is said", LONG, async () => {
  const some = await exported(shared.admin, "&action=secrets");
  expect(some.length).toBeGreaterThan(3);
  const { home } = shared.coffer;
  const file = join(home, "some.jsonl");
  writeFileSync(file, some.join("\n"));
  const ran = await runCoffer(["audit", "verify", "--file", file], { home });
  expect(ran.code).toBe(3);
  expect(ran.stdout).toContain("missing: event");
  expect(ran.stdout).toContain("exported with a filter");
});

test("what is no export is refused with its line, and nothing is verified", LONG, async () => {
  for (const [line, number] of [
    ["{", 3],
    ["[]", 3],
    [JSON.stringify({ ...eventAt(1), more: 1 }), 3],
    ["x".repeat(3_000_000), 3],
  ] as const) {
    const ran = await verified(lines.toSpliced(2, 0, line));
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(`Line ${String(number)} is not an event`);
  }
  const nowhere = ["audit", "verify", "--file", "nowhere.jsonl"];
  const ran = await runCoffer(nowhere, { home: shared.coffer.home });
  expect([ran.code, ran.stdout]).toEqual([2, ""]);
  expect(ran.stderr).toContain("can't be read");
  const { db } = await shared.coffer.database();
  const refused = await db.auditEvent.findMany({
    where: { action: "audit.verify", outcome: "failed" },
  });
  expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(["invalid_request"]));
});

test("an export of another vault is not this one's", LONG, async () => {
  const other = await startCoffer();
  const answer = await (await asAdmin(other)).get("/api/v1/audit/export?format=jsonl");
  const content = answer.text.trimEnd().split("\n");
  expect(await verified(content)).toMatchObject({ code: 3, found: ["added 1"] });
  const { home } = shared.coffer;
  writeFileSync(join(home, "other.jsonl"), answer.text);
  const ran = await runCoffer(["audit", "verify", "--file", "other.jsonl"], { home });
  expect(ran.stdout).toContain("the record is another vault's");
});

test("a file is verified without the database's events, and it is on record", LONG, async () => {
  const { db } = await shared.coffer.database();
  const where = { action: "audit.verify", target: "an exported record", code: "intact" };
  expect(await db.auditEvent.count({ where })).toBeGreaterThan(0);
  await tamper(shared.coffer, (tx) => tx.auditEvent.deleteMany({ where: { seq: { gt: 5 } } }));
  expect(await verified(lines, "--checkpoint", "kept")).toMatchObject({ code: 0, found: [] });
});
