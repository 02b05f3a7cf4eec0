import { expect, test, describe } from "vitest";
import { OPERATOR } from "../../lib/access/caller";
import type { ImportEntry, ImportReport } from "../../lib/shapes";
import type { ImportProgress } from "../../lib/vault/import-request";
import {
  asRole,
  eventsOf,
  must,
  mustCreateSecret,
  mustHaveService,
  mustRotate,
  recordText,
  shareCoffer,
  startCoffer,
  asAdmin,
  asNobody,
  type Client,
} from "../support/coffer";
import { sealTykV1, sealTykV2 } from "../support/tyk";
import { databaseFile, tykDatabase, type TykTableRow } from "../support/tyk-database";

const IMPORT = "/api/v1/import";
const shared = shareCoffer();

let namespaces = 0;
/** Names of a test's own, since all tests of this file share an environment. */
const own = () => `I${String(++namespaces)}_`;

const send = (who: Client, source: object, more: object = {}) =>
  who.post(IMPORT, { source, ...more });

async function mustPreview(who: Client, source: object, more: object = {}): Promise<ImportReport> {
  return must(200, await send(who, source, { preview: true, ...more })) as ImportReport;
}

async function mustImport(who: Client, source: object, more: object = {}): Promise<ImportReport> {
  return must(200, await send(who, source, more)) as ImportReport;
}

const states = (report: ImportReport) =>
  report.entries.map(({ name, state }: ImportEntry) => [name, state]);

async function valuesOf(names: readonly string[]): Promise<unknown> {
  const reader = await mustHaveService(shared.coffer, shared.admin, ["*"]);
  const answer = await reader.resolve(names.map((name) => `$SECRET/${name}`));
  return (must(200, answer) as { config: unknown }).config;
}

async function exists(name: string): Promise<boolean> {
  return (await shared.admin.get(`/api/v1/secrets/${name}`)).status === 200;
}

const PEM = "-----BEGIN PRIVATE KEY-----\nMIIB+/=\nQUJD\n-----END PRIVATE KEY-----\n";

describe("an import of text", () => {
  test.each([
    [
      "a .env",
      (p: string) =>
        `# Key of the proxy\nexport ${p}A='it is "x"'\n${p}PEM="${PEM}"\r\n${p}C=plain # no part of it\n`,
    ],
    [
      "a JSON map",
      (p: string) =>
        JSON.stringify({ [`${p}A`]: 'it is "x"', [`${p}PEM`]: PEM, [`${p}C`]: "plain" }),
    ],
    [
      "a YAML map",
      (p: string) =>
        `${p}A: 'it is "x"'\n${p}PEM: |\n${PEM.trimEnd().replaceAll(/^/gm, "  ")}\n${p}C: plain # no part of it\n`,
    ],
  ])("of %s keeps every value byte for byte, and services resolve it", async (_, write) => {
    const p = own();
    const text = write(p);
    const preview = await mustPreview(shared.admin, { text });
    expect(preview.done).toBe(false);
    expect(preview.entries.map(({ state, bytes }) => [state, bytes])).toEqual([
      ["add", 9],
      ["add", PEM.length],
      ["add", 5],
    ]);
    expect(await exists(`${p}A`)).toBe(false);

    const done = await mustImport(shared.admin, { text }, { tags: ["Moved"] });
    expect(done.done).toBe(true);
    expect(done.entries.map(({ state, version }) => [state, version])).toEqual(
      Array(3).fill(["added", 1]),
    );
    expect(await valuesOf([`${p}A`, `${p}PEM`, `${p}C`])).toEqual(['it is "x"', PEM, "plain"]);
    const { json } = await shared.admin.get(`/api/v1/secrets/${p}A`);
    expect(json?.["tags"]).toEqual(["moved"]);
    if (text.startsWith("#")) expect(json?.["description"]).toBe("Key of the proxy");
  });

  test("answers with no value, and puts none on record", async () => {
    const p = own();
    const text = `${p}A=value-that-nobody-sees`;
    const answers = [
      await send(shared.admin, { text }, { preview: true }),
      await send(shared.admin, { text }),
      await send(shared.admin, { text }),
      await send(shared.admin, { text: `${text}\n${p}A=value-that-nobody-sees-either` }),
      await send(shared.admin, { text: `{"x": value-that-nobody-sees`, format: "json" }),
    ];
    for (const { text } of answers) expect(text).not.toContain("value-that");
    expect(await recordText(shared.coffer)).not.toContain("value-that");
    expect(shared.coffer.log.join("\n")).not.toContain("value-that");
  });

  test("never tells whether a value is the stored one", async () => {
    const p = own();
    await mustCreateSecret(shared.admin, `${p}A`, "the stored one");
    const preview = (value: string) => mustPreview(shared.admin, { text: `${p}A='${value}'` });
    expect(await preview("the stored one")).toEqual(await preview("another one at"));
  });

  test("leaves what exists as it is, and rotates it where that is chosen", async () => {
    const p = own();
    await mustCreateSecret(shared.admin, `${p}A`, "first");
    const text = `${p.toLowerCase()}a=second\n${p}B=new`;
    expect(states(await mustImport(shared.admin, { text }))).toEqual([
      [`${p.toLowerCase()}a`, "exists"],
      [`${p}B`, "added"],
    ]);
    expect(await valuesOf([`${p}A`])).toEqual(["first"]);
    const done = await mustImport(shared.admin, { text }, { existing: "rotate" });
    expect(done.entries.map(({ state, version }) => [state, version])).toEqual([
      ["rotated", 2],
      ["rotated", 2],
    ]);
    expect(await valuesOf([`${p}A`])).toEqual(["second"]);
  });

  test("writes exactly what was chosen", async () => {
    const p = own();
    await mustCreateSecret(shared.admin, `${p}A`, "first");
    const text = `${p}A=second\n${p}B=b\n${p}C=c`;
    const choose = [
      { entry: 0, as: "rotate", version: 1 },
      { entry: 2, as: "add" },
    ];
    const done = await mustImport(shared.admin, { text }, { choose });
    expect(done.entries.map(({ state }) => state)).toEqual(["rotated", "add", "added"]);
    expect(await exists(`${p}B`)).toBe(false);
    expect(await valuesOf([`${p}A`, `${p}C`])).toEqual(["second", "c"]);
  });

  test("is refused whole where something has changed since the preview, and names it", async () => {
    const p = own();
    await mustCreateSecret(shared.admin, `${p}OLD`, "first");
    const text = `${p}NEW=a\n${p}TAKEN=b\n${p}OLD=c`;
    await mustPreview(shared.admin, { text });
    await mustCreateSecret(shared.admin, `${p}TAKEN`, "somebody else's");
    await mustRotate(shared.admin, `${p}OLD`, "somebody else's");
    const answer = await send(
      shared.admin,
      { text },
      {
        choose: [
          { entry: 0, as: "add" },
          { entry: 1, as: "add" },
          { entry: 2, as: "rotate", version: 1 },
        ],
      },
    );
    expect([answer.status, answer.json?.["code"]]).toEqual([409, "import_conflict"]);
    expect(answer.json?.["conflicts"]).toEqual([
      { name: `${p}TAKEN`, state: "exists", version: 1 },
      { name: `${p}OLD`, state: "exists", version: 2 },
    ]);
    expect(await exists(`${p}NEW`)).toBe(false);
  });

  test("of the same names twice at once succeeds once, and the other changes nothing", async () => {
    const p = own();
    const text = (value: string) =>
      Array.from({ length: 300 }, (_, i) => `${p}${String(i)}=${value}`).join("\n");
    const choose = Array.from({ length: 300 }, (_, entry) => ({ entry, as: "add" }));
    const answers = await Promise.all(
      ["one", "two"].map((value) => send(shared.admin, { text: text(value) }, { choose })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const value = answers[0]?.status === 200 ? "one" : "two";
    const names = Array.from({ length: 300 }, (_, i) => `${p}${String(i)}`);
    expect(await valuesOf(names)).toEqual(Array(300).fill(value));
  });

  test("never takes a name that is in the trash", async () => {
    const p = own();
    await mustCreateSecret(shared.admin, `${p}A`, "v");
    must(204, await shared.admin.delete(`/api/v1/secrets/${p}A`));
    const text = `${p}A=x`;
    expect(states(await mustImport(shared.admin, { text }, { existing: "rotate" }))).toEqual([
      [`${p}A`, "trashed"],
    ]);
    const answer = await send(shared.admin, { text }, { choose: [{ entry: 0, as: "add" }] });
    expect(answer.json?.["code"]).toBe("import_conflict");
  });

  test("takes an entry under the name that is suggested for it, where that is chosen", async () => {
    const p = own();
    const text = `9${p}A=one\n${p}B-C=two\n`;
    const preview = await mustPreview(shared.admin, { text });
    expect(preview.entries.map(({ state, suggestion }) => [state, suggestion])).toEqual([
      ["invalid", `_9${p}A`],
      ["invalid", `${p}B_C`],
    ]);
    const choose = [{ entry: 0, as: "add", name: `_9${p}A` }];
    const answer = await send(shared.admin, { text }, { choose });
    expect(states(must(200, answer) as ImportReport)).toEqual([
      [`_9${p}A`, "added"],
      [`${p}B-C`, "invalid"],
    ]);
    expect(await valuesOf([`_9${p}A`])).toEqual(["one"]);
    const [event] = await eventsOf(shared.coffer, answer);
    expect(event?.names).toEqual([[`_9${p}A`, 1]]);
  });

  test("suggests no name that something has, and takes no entry under another than the suggested", async () => {
    const p = own();
    await mustCreateSecret(shared.admin, `_9${p}TAKEN`, "v");
    await mustCreateSecret(shared.admin, `_9${p}BINNED`, "v");
    await shared.admin.delete(`/api/v1/secrets/_9${p}BINNED`);
    const text = [
      ...[`9${p}TAKEN=v`, `9${p}BINNED=v`, `9${p}HERE=v`, `_9${p}HERE=v`],
      ...[`9${p}TW-IN=v`, `9${p}TW.IN=v`, `9${p}EMPTY=`, `9${p}FREE=v`],
    ].join("\n");
    const preview = await mustPreview(shared.admin, { text });
    expect(preview.entries.map(({ suggestion }) => suggestion)).toEqual([
      ...[null, null, null, null, null, null, null],
      `_9${p}FREE`,
    ]);
    for (const [entry, name] of [
      [0, `_9${p}TAKEN`],
      [2, `_9${p}HERE`],
      [4, `_9${p}TW_IN`],
      [7, `${p}ANOTHER`],
    ] as const) {
      const answer = await send(shared.admin, { text }, { choose: [{ entry, as: "add", name }] });
      expect(answer.json?.["code"]).toBe("import_conflict");
    }
    const asRotation = [{ entry: 7, as: "rotate", name: `_9${p}FREE` }];
    const answer = await send(shared.admin, { text }, { choose: asRotation });
    expect(answer.json?.["code"]).toBe("import_conflict");
    expect(await exists(`_9${p}FREE`)).toBe(false);
  });

  test("gives tags, expiry and rotation to what is new, and leaves those of what exists", async () => {
    const p = own();
    await mustCreateSecret(shared.admin, `${p}OLD`, "first");
    const expiresAt = new Date(shared.coffer.clock.now().getTime() + 86_400_000).toISOString();
    const about = { tags: ["proxy", "imported"], expiresAt, rotateEveryDays: 30 };
    const text = `${p}OLD=second\n${p}NEW=v\n9${p}NEW=v\n`;
    const choose = [
      { entry: 0, as: "rotate" },
      { entry: 1, as: "add" },
      { entry: 2, as: "add", name: `_9${p}NEW` },
    ];
    await mustImport(shared.admin, { text }, { choose, ...about });
    const infoOf = async (name: string) => (await shared.admin.get(`/api/v1/secrets/${name}`)).json;
    for (const name of [`${p}NEW`, `_9${p}NEW`]) {
      expect(await infoOf(name)).toMatchObject({ ...about, tags: ["imported", "proxy"] });
    }
    const none = { tags: [], expiresAt: null, rotateEveryDays: null };
    expect(await infoOf(`${p}OLD`)).toMatchObject({ version: 2, ...none });
    const past = { expiresAt: "2020-01-01T00:00:00Z" };
    const refused = await send(shared.admin, { text: `${p}LATE=v` }, past);
    expect(refused.json?.["code"]).toBe("invalid_request");
    expect(await exists(`${p}LATE`)).toBe(false);
  });

  test("counts on from the versions of a name that was purged", async () => {
    const p = own();
    await mustCreateSecret(shared.admin, `${p}A`, "v");
    await mustRotate(shared.admin, `${p}A`, "w");
    must(204, await shared.admin.delete(`/api/v1/secrets/${p}A?purge=true`));
    const done = await mustImport(shared.admin, { text: `${p}A=x` });
    expect(done.entries[0]?.version).toBe(3);
  });
});

describe("an entry that can't be taken", () => {
  test.each([
    ["a name that stands twice, in any case", (p: string) => `${p}A=1\n${p.toLowerCase()}a=2`],
    ["an empty value", (p: string) => `${p}A=`],
    ["a value over 64 KiB", (p: string) => `${p}A=${"x".repeat(65_537)}`],
    ["a name with ..", (p: string) => `${p}..A=1`],
    ["a name with a hyphen", (p: string) => `${p}my-key=1`],
  ])("keeps the whole import from being done, and is named: %s", async (_, write) => {
    const p = own();
    const text = `${p}GOOD=fine\n${write(p)}`;
    const answer = await send(shared.admin, { text });
    expect([answer.status, answer.json?.["code"]]).toEqual([422, "import_refused"]);
    const [first] = answer.json?.["entries"] as { place: string; reason: string }[];
    expect(first?.place).toBe("line 2");
    expect(first?.reason).not.toBe("");
    expect(await exists(`${p}GOOD`)).toBe(false);
    const rest = await mustImport(shared.admin, { text }, { invalid: "skip" });
    expect(rest.entries[0]?.state).toBe("added");
    expect(rest.entries.filter(({ state }) => state === "added")).toHaveLength(1);
  });

  test("__proto__ is a name like any other", async () => {
    const report = await mustPreview(shared.admin, { text: '{"__proto__": "x"}' });
    expect(states(report)).toEqual([["__proto__", "add"]]);
  });
});

describe("bad input", () => {
  const png = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex").toString("latin1");
  test.each([
    ["a .env that is a PNG", { text: png }, 400, "invalid_document"],
    ["a NUL", { text: "A=1\0" }, 400, "invalid_document"],
    ["JSON that is none", { text: "{", format: "json" }, 400, "invalid_document"],
    ["an unknown format", { text: "A=1", format: "ini" }, 400, "invalid_request"],
    ["an unknown field", { text: "A=1", value: "x" }, 400, "invalid_request"],
    ["no source", {}, 400, "invalid_request"],
    ["a file that is no base64", { format: "tyk", file: "%", key: "k" }, 400, "invalid_request"],
    ["17 MiB", { text: `A=${"x".repeat(17 << 20)}` }, 413, "body_too_large"],
    ["25 MiB", { text: `A=${"x".repeat(25 << 20)}` }, 413, "body_too_large"],
    [
      "10,001 names",
      { text: Array.from({ length: 10_001 }, (_, i) => `N${String(i)}=v`).join("\n") },
      422,
      "limit_exceeded",
    ],
  ])("%s is refused, and says why", async (_, source, status, code) => {
    const answer = await send(shared.admin, source);
    expect([answer.status, answer.json?.["code"]]).toEqual([status, code]);
    expect(String(answer.json?.["detail"]).length).toBeGreaterThan(20);
  });

  test("bytes that are not UTF-8 are refused", async () => {
    const body = Buffer.concat([
      Buffer.from('{"source":{"text":"A='),
      Buffer.from([0xff]),
      Buffer.from('"}}'),
    ]);
    const answer = await shared.admin.send("POST", IMPORT, body);
    expect(answer.json?.["code"]).toBe("invalid_encoding");
  });

  test("a body over 1 MiB is taken here and nowhere else", async () => {
    const p = own();
    const value = "x".repeat(60_000);
    const text = Array.from({ length: 30 }, (_, i) => `${p}${String(i)}=${value}`).join("\n");
    await mustImport(shared.admin, { text });
    const answer = await shared.admin.post("/api/v1/secrets", { name: "A", value: text });
    expect(answer.status).toBe(413);
  });

  test("a choice of an entry that is not there, or of one twice, is refused", async () => {
    const text = `${own()}A=1`;
    const choice = (...entries: number[]) =>
      send(shared.admin, { text }, { choose: entries.map((entry) => ({ entry, as: "add" })) });
    expect((await choice(1)).json?.["code"]).toBe("invalid_request");
    expect((await choice(0, 0)).json?.["code"]).toBe("import_refused");
  });
});

test("10 MB and 10,000 names are imported whole, and every name is on record", async () => {
  const coffer = await startCoffer();
  const admin = await asAdmin(coffer);
  const names = Array.from({ length: 10_000 }, (_, i) => `MANY_${String(i)}`);
  const text = names.map((name) => `${name}=${name}${"x".repeat(1_000)}`).join("\n");
  expect(text.length).toBeGreaterThan(10_000_000);
  const answer = await send(admin, { text });
  const report = must(200, answer) as ImportReport;
  expect(report.entries.every(({ state }) => state === "added")).toBe(true);
  const events = await eventsOf(coffer, answer);
  expect(events.every(({ action }) => action === "secrets.import")).toBe(true);
  expect(events.flatMap(({ names }) => names.map(([name]) => name))).toEqual(names);
  expect(Math.max(...events.map(({ names }) => names.length))).toBeLessThanOrEqual(200);
  const reader = await mustHaveService(coffer, admin, ["*"]);
  const { config } = must(
    200,
    await reader.resolve([0, 5_000, 9_999].map((i) => `$SECRET/MANY_${String(i)}`)),
  ) as { config: string[] };
  expect(config[2]).toBe(`MANY_9999${"x".repeat(1_000)}`);
});

test("while an import is under way it says how far it is, in steps that only rise, and then nothing", async () => {
  const coffer = await startCoffer();
  const text = Array.from({ length: 1_000 }, (_, i) => `STEP_${String(i)}=v`).join("\n");
  const seen: ImportProgress[] = [];
  const asked: Promise<ImportProgress | null>[] = [];
  await coffer.vault.imports.run(OPERATOR, { source: { text } }, (progress) => {
    seen.push(progress);
    asked.push(coffer.vault.imports.progress(OPERATOR));
  });
  expect(seen[0]).toEqual({ step: "read", done: 0, of: null });
  for (const step of ["seal", "write"] as const) {
    const done = seen.filter((progress) => progress.step === step).map((progress) => progress.done);
    expect(done.length).toBeGreaterThan(3);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(done.at(-1)).toBe(1_000);
  }
  expect((await Promise.all(asked)).some((progress) => progress?.step === "seal")).toBe(true);
  expect(await coffer.vault.imports.progress(OPERATOR)).toBeNull();
});

describe("who may import and export", () => {
  test.each(["editor", "viewer", "auditor"] as const)("not a person who is %s", async (role) => {
    const person = await asRole(shared.coffer, role);
    const text = `${own()}A=1`;
    for (const answer of [
      await send(person, { text }),
      await send(person, { text }, { preview: true }),
      await person.get("/api/v1/export"),
    ]) {
      expect([answer.status, answer.json?.["code"]]).toEqual([403, "forbidden"]);
    }
  });

  test("no service, whatever its rules", async () => {
    const service = await mustHaveService(shared.coffer, shared.admin, ["*"], {
      actions: ["resolve", "list", "write", "check"],
    });
    expect((await send(service, { text: "A=1" })).status).toBe(403);
    expect((await service.get("/api/v1/export")).status).toBe(403);
  });

  test("nobody without credentials, before the body is read", async () => {
    const answer = await asNobody(shared.coffer).post(IMPORT, { source: { text: "A=1" } });
    expect(answer.status).toBe(401);
  });
});

describe("from Tyk AI Studio", () => {
  const KEY = "the-key-of-tyk";

  const source = (file: Buffer, key = KEY) => ({
    ...{ format: "tyk", file: file.toString("base64"), key },
  });

  test("both generations come in from its database file, and its config resolves as it stands", async () => {
    const p = own();
    const file = tykDatabase([
      [`${p}OPENAI`, sealTykV1("sk-one", KEY)],
      [`${p}JIRA`, sealTykV2("jira:two", KEY)],
      [`${p}OLD`, sealTykV2("gone", KEY), "2026-02-01 00:00:00+00:00"],
      [`${p}EMPTY`, ""],
    ]);
    const done = await mustImport(shared.admin, source(file));
    expect(states(done)).toEqual([
      [`${p}OPENAI`, "added"],
      [`${p}JIRA`, "added"],
      [`${p}OLD`, "left_out"],
      [`${p}EMPTY`, "left_out"],
    ]);
    const reader = await mustHaveService(shared.coffer, shared.admin, ["*"]);
    const config = {
      name: "OpenAI",
      api_key: `$SECRET/${p}OPENAI`,
      headers: { Authorization: `Basic $SECRET/${p}JIRA` },
    };
    const answer = must(200, await reader.resolve(config)) as { config: object };
    expect(answer.config).toEqual({
      ...{ name: "OpenAI", api_key: "sk-one" },
      headers: { Authorization: "Basic jira:two" },
    });
  });

  test.each(["csv", "json"])("a %s dump of the table is taken alike", async (kind) => {
    const p = own();
    const value = sealTykV2('quoted "x", and\nmore', KEY);
    const dump =
      kind === "json"
        ? JSON.stringify([{ id: 7, deleted_at: null, value, var_name: `${p}A` }])
        : `id,created_at,updated_at,deleted_at,value,var_name\r\n7,x,x,,"${value}",${p}A\r\n`;
    const done = await mustImport(shared.admin, source(Buffer.from(dump)));
    expect(done.entries[0]?.place).toBe("row 7");
    expect(await valuesOf([`${p}A`])).toEqual(['quoted "x", and\nmore']);
  });

  test("a CFB row that opens to no text is refused and named, and the rest can go on", async () => {
    const p = own();
    const file = tykDatabase([
      [`${p}GOOD`, sealTykV1("fine and long enough", KEY)],
      [`${p}ALSO`, sealTykV2("fine", KEY)],
      [`${p}NOISE`, sealTykV1(Buffer.from([0xff, 0xfe, 0x80, 0x81]), KEY)],
      [`${p}CUT`, "AAEC"],
      [`${p}LATER`, "$ENC/v2/2026-01/AAAA/BBBB"],
    ]);
    const preview = await mustPreview(shared.admin, source(file));
    expect(states(preview).map(([, state]) => state)).toEqual([
      ...["add", "add", "invalid", "invalid", "invalid"],
    ]);
    expect((await send(shared.admin, source(file))).json?.["code"]).toBe("import_refused");
    await mustImport(shared.admin, source(file), { invalid: "skip" });
    expect(await valuesOf([`${p}GOOD`, `${p}ALSO`])).toEqual(["fine and long enough", "fine"]);
    expect(await exists(`${p}NOISE`)).toBe(false);
  });

  test("with another key nothing comes in, and the report says that the key is wrong", async () => {
    const p = own();
    const rows = Array.from({ length: 12 }, (_, i): TykTableRow => [
      `${p}${String(i)}`,
      i % 2 === 0 ? sealTykV1(`a value of some length ${String(i)}`, KEY) : sealTykV2("v", KEY),
    ]);
    const preview = await mustPreview(shared.admin, source(tykDatabase(rows), "not the key"));
    expect(preview.entries.every(({ state }) => state === "invalid")).toBe(true);
    expect(preview.notes.join(" ")).toContain("most likely not the TYK_AI_SECRET_KEY");
  });

  test("names that Coffer has not are told with one that it has; of two alike one is chosen", async () => {
    const p = own();
    const file = tykDatabase([
      [`9${p}LIVES`, sealTykV2("a", KEY)],
      [`${p}TWICE`, sealTykV2("first", KEY)],
      [`${p}TWICE`, sealTykV2("second", KEY)],
    ]);
    const { entries } = await mustPreview(shared.admin, source(file));
    expect(entries[0]).toMatchObject({ state: "invalid", suggestion: `_9${p}LIVES` });
    expect(entries.slice(1).map(({ duplicate }) => duplicate)).toEqual([true, true]);
    expect((await send(shared.admin, source(file))).json?.["code"]).toBe("import_refused");
    await mustImport(shared.admin, source(file), { choose: [{ entry: 2, as: "add" }] });
    expect(await valuesOf([`${p}TWICE`])).toEqual(["second"]);
  });

  test.each([
    ["a SQLite file that is cut short", () => tykDatabase([["A", "x"]]).subarray(0, 5_000)],
    ["a picture", () => Buffer.from("89504e470d0a1a0aff", "hex")],
    ["text that is no table", () => Buffer.from("hello")],
    [
      "a view that is called secrets",
      () => databaseFile("CREATE VIEW secrets AS SELECT 'A' AS var_name, 'x' AS value"),
    ],
  ])("%s is refused with a clear error", async (_, make) => {
    const answer = await send(shared.admin, source(make()));
    expect([answer.status, answer.json?.["code"]]).toEqual([400, "invalid_document"]);
  });

  test("its key is in no answer, log or record", async () => {
    const file = tykDatabase([[`${own()}A`, sealTykV2("a", KEY)]]);
    const answer = await send(shared.admin, source(file, "an-unusual-key-of-tyk"));
    for (const text of [
      answer.text,
      await recordText(shared.coffer),
      shared.coffer.log.join("\n"),
    ]) {
      expect(text).not.toContain("an-unusual-key-of-tyk");
    }
  });
});

describe("an export", () => {
  test("has every secret, those in the trash too, with versions and uses, and no value", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    await mustCreateSecret(admin, "A", "value-of-a", { description: '=HYPERLINK("x")' });
    await mustRotate(admin, "A", "value-of-a-2");
    await mustCreateSecret(admin, "B", "value-of-b");
    must(204, await admin.delete("/api/v1/secrets/B"));
    const reader = await mustHaveService(coffer, admin, ["*"]);
    must(200, await reader.resolve("$SECRET/A"));

    const json = await admin.get("/api/v1/export?format=json");
    expect(json.headers.get("content-disposition")).toMatch(
      /^attachment; filename="coffer-default-/,
    );
    expect(json.json?.["secrets"]).toMatchObject([
      { name: "A", version: 2, versions: [{ version: 1 }, { version: 2 }], uses: [{ count: 1 }] },
      { name: "B", state: "trashed", uses: [] },
    ]);
    const csv = await admin.get("/api/v1/export?format=csv");
    expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(csv.text.split("\r\n")[1]).toContain(`"'=HYPERLINK(""x"")"`);
    for (const { text } of [json, csv]) expect(text).not.toContain("value-of");
    expect((await eventsOf(coffer, csv)).map(({ action, outcome }) => [action, outcome])).toEqual([
      ["secrets.export", "ok"],
    ]);
  });
});
