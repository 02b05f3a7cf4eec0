import { describe, expect, test } from "vitest";
import type { ErrorCode } from "../../lib/errors";
import type { UseInfo } from "../../lib/shapes";
import {
  asRole,
  asService,
  eventsOf,
  must,
  mustCreateEnvironment,
  mustCreateSecret,
  mustCreateService,
  mustHaveService,
  mustMintToken,
  mustRotate,
  shareCoffer,
  startCoffer,
  asAdmin,
  type Answer,
  type Client,
} from "../support/coffer";
import { expectProblem } from "../support/problem";
import { sendRaw } from "../support/raw-http";

const shared = shareCoffer();
const SECRETS = "/api/v1/secrets";
const SECRET_KEYS = [
  ...["name", "environment", "description", "tags", "version"],
  ...["createdAt", "createdBy", "rotatedAt", "rotatedBy", "lastUsedAt"],
  ...["expiresAt", "rotateEveryDays", "rotateDueAt", "purgeAt", "state", "unreadable"],
];
const KIB = 1024;

describe("creating a secret", () => {
  test("answers 201 with everything about it but its value", async () => {
    const { coffer, admin } = shared;
    const now = coffer.clock.now().toISOString();
    const answer = await admin.post(SECRETS, {
      name: "OPENAI_API_KEY",
      value: "sk-created",
      description: "Key of the LLM proxy",
      tags: ["LLM", "prod", "llm"],
      expiresAt: "2099-01-31T12:00:00+02:00",
      rotateEveryDays: 30,
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("etag")).toBeNull();
    expect(answer.json).toStrictEqual({
      name: "OPENAI_API_KEY",
      environment: "default",
      description: "Key of the LLM proxy",
      tags: ["llm", "prod"],
      version: 1,
      createdAt: now,
      createdBy: "admin@example.com",
      rotatedAt: now,
      rotatedBy: "admin@example.com",
      lastUsedAt: null,
      expiresAt: "2099-01-31T10:00:00.000Z",
      rotateEveryDays: 30,
      rotateDueAt: new Date(coffer.clock.now().getTime() + 30 * 24 * 3_600_000).toISOString(),
      purgeAt: null,
      state: "active",
      unreadable: null,
    });
    expect(Object.keys(answer.json ?? {})).toEqual(SECRET_KEYS);
    expect((await admin.get(`${SECRETS}/openai_api_key`)).json).toStrictEqual(answer.json);
  });

  test("needs a name and a value and nothing else", async () => {
    const { admin } = shared;
    const answer = await admin.post(SECRETS, { name: "Bare_1", value: "v" });
    expect(answer.json).toMatchObject({
      ...{ name: "Bare_1", description: "", tags: [] },
      ...{ expiresAt: null, rotateEveryDays: null },
    });
  });

  test("keeps its name's case and refuses the same name in any other", async () => {
    const { admin } = shared;
    await mustCreateSecret(admin, "Cased_Name", "first");
    for (const name of ["Cased_Name", "CASED_NAME", "cased_name"]) {
      const answer = await admin.post(SECRETS, { name, value: "second" });
      const problem = expectProblem(answer, 409, "already_exists", ["name"]);
      expect(problem["name"]).toBe("Cased_Name");
    }
    const stored = await admin.get(`${SECRETS}/CASED_name`);
    expect(stored.json).toMatchObject({ name: "Cased_Name", version: 1 });
  });

  test("takes the same name in two environments, as two secrets", async () => {
    const { coffer, admin } = shared;
    await mustCreateEnvironment(coffer, "second");
    await mustCreateSecret(admin, "IN_BOTH", "of default");
    await mustCreateSecret(admin, "IN_BOTH", "of second", { environment: "second" });
    await admin.delete(`${SECRETS}/IN_BOTH`);
    const other = await admin.get(`${SECRETS}/IN_BOTH?environment=second`);
    expect(other.json).toMatchObject({ environment: "second", state: "active" });
  });

  test("refuses a name that is in the trash, and says so", async () => {
    const { admin } = shared;
    await mustCreateSecret(admin, "Trashed_Name", "v");
    await admin.delete(`${SECRETS}/Trashed_Name`);
    const answer = await admin.post(SECRETS, { name: "TRASHED_NAME", value: "v" });
    expect(expectProblem(answer, 409, "in_trash", ["name", "purgeAt"])["name"]).toBe(
      "Trashed_Name",
    );
    expect((await admin.get(`${SECRETS}/Trashed_Name`)).json).toMatchObject({ state: "trashed" });
  });

  test("takes every legal name: one character, 128, underscores, digits after the first", async () => {
    const { admin } = shared;
    for (const name of ["a", "_", "_1", "Z9", "x".repeat(128)]) {
      expect((await admin.post(SECRETS, { name, value: "v" })).status, name).toBe(201);
    }
  });

  const illegalNames = [
    ...["", " ", "1ABC", "a-b", "a.b", "a b", " a", "a ", "a\n", "\na", "a\u0000", "é", "Ａ"],
    ...["x".repeat(129), "x".repeat(500_000), "$SECRET/A", "{{Secrets.A}}", "../a", "a/b", "a%b"],
    ...["\u212a", "a\u0301", "😀", "sk-this-is-a-value-pasted-as-a-name"],
  ];
  test("refuses every illegal name as invalid_name, and keeps it off the record", async () => {
    const { coffer, admin } = shared;
    for (const name of illegalNames) {
      const answer = await admin.post(SECRETS, { name, value: "v" });
      expectProblem(answer, 400, "invalid_name");
      expect(await eventsOf(coffer, answer)).toMatchObject([
        { action: "secrets.create", outcome: "failed", code: "invalid_name", target: "" },
      ]);
    }
  });

  test("refuses a value that is empty, has a byte too many, or can't be UTF-8", async () => {
    const { coffer, admin } = shared;
    for (const value of [
      "",
      "x".repeat(64 * KIB + 1),
      "é".repeat(32 * KIB) + "x",
      "😀".repeat(16 * KIB) + "x",
      "\ud800",
      "ok\udfff",
      "\ude00\ud83d",
    ]) {
      const answer = await admin.post(SECRETS, { name: "BAD_VALUE", value });
      expectProblem(answer, 400, "invalid_value");
      expect(await eventsOf(coffer, answer)).toMatchObject([
        { outcome: "failed", code: "invalid_value", target: "BAD_VALUE", names: [] },
      ]);
    }
    expectProblem(await admin.get(`${SECRETS}/BAD_VALUE`), 404, "not_found");
  });

  const good = { name: "SCHEMA", value: "v" };
  test.for<[string, unknown, string]>([
    ["no name", { value: "v" }, "/name"],
    ["no value", { name: "SCHEMA" }, "/value"],
    ["an unknown field", { ...good, vaule: "v" }, ""],
    ["a field of another case", { ...good, Value: "v" }, ""],
    ["a version of its own", { ...good, version: 7 }, ""],
    ["null as value", { ...good, value: null }, "/value"],
    ["a number as value", { ...good, value: 42 }, "/value"],
    ["an object as value", { ...good, value: { a: 1 } }, "/value"],
    ["a list as name", { ...good, name: ["SCHEMA"] }, "/name"],
    ["a long description", { ...good, description: "x".repeat(1_001) }, "/description"],
    ["a number as description", { ...good, description: 1 }, "/description"],
    ["null as description", { ...good, description: null }, "/description"],
    ["tags that are no list", { ...good, tags: "a" }, "/tags"],
    ["21 tags", { ...good, tags: Array.from({ length: 21 }, (_, i) => `t${String(i)}`) }, "/tags"],
    ["a tag with a blank", { ...good, tags: ["ok", "a b"] }, "/tags/1"],
    ["a tag with a quote", { ...good, tags: ['a"b'] }, "/tags/0"],
    ["an empty tag", { ...good, tags: [""] }, "/tags/0"],
    ["a tag of 41 characters", { ...good, tags: ["x".repeat(41)] }, "/tags/0"],
    ["an expiry that is no time", { ...good, expiresAt: "tomorrow" }, "/expiresAt"],
    ["an expiry without a zone", { ...good, expiresAt: "2099-01-01T00:00:00" }, "/expiresAt"],
    ["an expiry on 30 February", { ...good, expiresAt: "2099-02-30T00:00:00Z" }, "/expiresAt"],
    ["an expiry in seconds", { ...good, expiresAt: 4_000_000_000 }, "/expiresAt"],
    ["no days between rotations", { ...good, rotateEveryDays: 0 }, "/rotateEveryDays"],
    ["3,651 days between rotations", { ...good, rotateEveryDays: 3_651 }, "/rotateEveryDays"],
    ["half a day between rotations", { ...good, rotateEveryDays: 1.5 }, "/rotateEveryDays"],
    ["an environment that is no slug", { ...good, environment: "No Slug" }, "/environment"],
    ["null as environment", { ...good, environment: null }, "/environment"],
    ["a list as body", [good], ""],
    ["a text as body", "SCHEMA", ""],
    ["null as body", null, ""],
  ])("refuses %s and names the place", async ([, body, pointer]) => {
    const { coffer, admin } = shared;
    const answer = await admin.post(SECRETS, body);
    const problem = expectProblem(answer, 400, "invalid_request");
    expect(problem.errors?.map((error) => error.pointer)).toContain(pointer);
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { action: "secrets.create", outcome: "failed", code: "invalid_request" },
    ]);
    expectProblem(await admin.get(`${SECRETS}/SCHEMA`), 404, "not_found");
  });

  test("lists everything that is wrong with a body, not the first thing only", async () => {
    const { admin } = shared;
    const answer = await admin.post(SECRETS, { value: 1, tags: ["a b"], rotateEveryDays: -1 });
    const { errors } = expectProblem(answer, 400, "invalid_request");
    expect(errors?.map(({ pointer }) => pointer).sort()).toEqual([
      ...["/name", "/rotateEveryDays", "/tags/0", "/value"],
    ]);
  });

  test("refuses an environment that does not exist", async () => {
    const { admin } = shared;
    const answer = await admin.post(SECRETS, { name: "A", value: "v", environment: "nowhere" });
    expectProblem(answer, 404, "not_found");
  });

  test("by a service names the service as the maker", async () => {
    const { coffer, admin } = shared;
    const service = await mustHaveService(coffer, admin, ["CI_*"], { actions: ["write"] });
    const created = await service.post(SECRETS, { name: "CI_TOKEN", value: "v" });
    expect(created.status).toBe(201);
    expect(created.json?.["createdBy"]).toMatch(/^service-/);
    expectProblem(await service.get(`${SECRETS}/CI_TOKEN`), 403, "forbidden");
  });
});

describe("a value comes back from resolve byte for byte:", () => {
  const pem = `-----BEGIN PRIVATE KEY-----\n${"MIIEvQIBADAN\n".repeat(20)}-----END PRIVATE KEY-----\n`;
  test.for<[string, string]>([
    ["PEM with a trailing newline", pem],
    ["PEM with CRLF", pem.replaceAll("\n", "\r\n")],
    ["JSON", '{"user":"a\\"b","n":12345678901234567890,"f":1.0,"nested":{"$SECRET/X":[]}}'],
    ["emoji and other planes", "🔐👨‍👩‍👧 𝒳 é é"],
    ["blanks around and within", " \t two  blanks \u00a0\u2028 "],
    ["one newline", "\n"],
    ["NUL and other control characters", "\u0000a\u0001\u001b\u007f\u0000"],
    ["quotes and backslashes", `"'\`\\\\ \\n \\u0041 \\`],
    ["replacement patterns", "$& $1 $` $' $$ $<name> \\1 \\g<0> %s {0} ${x}"],
    ["a BOM", "\ufeffvalue"],
    ["U+FFFD itself and noncharacters", "\ufffd\uffff\u{10ffff}"],
    ["HTML", "</script><script>alert(1)</script>&amp;"],
    ["what looks like references", "$SECRET/A {{Secrets.A}} <<Secrets.A>> $ENV/PATH"],
    ["exactly 64 KiB", "x".repeat(64 * KIB)],
    ["exactly 64 KiB of four-byte characters", "😀".repeat(16 * KIB)],
    ["exactly 64 KiB that JSON makes six times as long", "\u0001".repeat(64 * KIB)],
    ["one byte", "0"],
  ])("%s", async ([, value]) => {
    const { coffer, admin } = shared;
    const name = `EXACT_${String(exact++)}`;
    await mustCreateSecret(admin, name, value);
    const service = await mustHaveService(coffer, admin, [name]);
    const alone = await service.resolve(`$SECRET/${name}`);
    expect(alone.status, alone.text).toBe(200);
    expect(alone.json?.["config"]).toBe(value);
    const within = await service.resolve({ a: [`[{{Secrets.${name}}}]`] });
    expect(within.json?.["config"]).toEqual({ a: [`[${value}]`] });
  });
  let exact = 0;

  test("however its JSON is escaped on the way in", async () => {
    const { coffer, admin } = shared;
    const body = String.raw`{"name":"\u0045SCAPED","value":"\u0024\ud83d\ude00\/\t\u000a\u0000"}`;
    expect((await admin.send("POST", SECRETS, body)).status).toBe(201);
    const service = await mustHaveService(coffer, admin, ["ESCAPED"]);
    const { json } = await service.resolve("$SECRET/ESCAPED");
    expect(json?.["config"]).toBe("$😀/\t\n\u0000");
  });
});

describe("a secret that is looked at", () => {
  test("is found in any case, and has exactly the documented members", async () => {
    const { admin } = shared;
    await mustCreateSecret(admin, "Looked_At", "v");
    for (const name of ["Looked_At", "LOOKED_AT", "looked_at"]) {
      const answer = await admin.get(`${SECRETS}/${name}`);
      expect(answer.status).toBe(200);
      expect(Object.keys(answer.json ?? {})).toEqual(SECRET_KEYS);
      expect(answer.json).toMatchObject({ name: "Looked_At" });
    }
  });

  test("is not found under a name that only case folding makes the same", async () => {
    const { admin } = shared;
    await mustCreateSecret(admin, "KELVIN", "v");
    const kelvin = encodeURIComponent("\u212aELVIN"); // U+212A lower-cases to k
    for (const refused of [
      await admin.get(`${SECRETS}/${kelvin}`),
      await admin.patch(`${SECRETS}/${kelvin}`, { description: "changed" }),
      await admin.post(`${SECRETS}/${kelvin}/versions`, { value: "changed" }),
      await admin.delete(`${SECRETS}/${kelvin}`),
    ]) {
      expectProblem(refused, 404, "not_found");
    }
    const stored = await admin.get(`${SECRETS}/KELVIN`);
    expect(stored.json).toMatchObject({ version: 1, description: "", state: "active" });
  });

  test.for<[string, number, ErrorCode]>([
    ["NO_SUCH_NAME", 404, "not_found"],
    ["a-b", 404, "not_found"],
    ["%00", 404, "not_found"],
    ["NUL%00", 404, "not_found"],
    ["a%2Fb", 404, "not_found"],
    ["..%2F..%2Fetc", 404, "not_found"],
    ["%2e%2e", 404, "not_found"],
    ["%F0%9F%94%90", 404, "not_found"],
    ["x".repeat(300), 404, "not_found"],
    ["x".repeat(301), 400, "invalid_request"],
    ["x".repeat(5_000), 400, "invalid_request"],
    ["%ff", 400, "bad_request"],
    ["%c0%af", 400, "bad_request"],
    ["%zz", 400, "bad_request"],
    ["%", 400, "bad_request"],
  ])("under the name %s is a clear problem, on record, for every route", async (row) => {
    const { coffer, admin } = shared;
    const [name, status, code] = row;
    const path = `${SECRETS}/${name}`;
    const headers = { ...admin.headers, "content-type": "application/json" };
    const send = (method: string, rest: string, body?: object) =>
      sendRaw(coffer.url, {
        ...{ method, path: path + rest, headers },
        ...(body && { body: JSON.stringify(body) }),
      });
    for (const answer of await Promise.all([
      send("GET", ""),
      send("PATCH", "", {}),
      send("DELETE", ""),
      send("DELETE", "?purge=true"),
      send("POST", "/restore"),
      send("GET", "/versions"),
      send("POST", "/versions", { value: "v" }),
      send("POST", "/versions/1/activate"),
      send("DELETE", "/versions/1"),
      send("GET", "/uses"),
    ])) {
      expectProblem(answer, status, code);
      expect(await eventsOf(coffer, answer)).toMatchObject([{ outcome: "failed", code }]);
    }
  });

  test("takes no query parameter but the environment", async () => {
    const { admin } = shared;
    await mustCreateSecret(admin, "QUERIED", "v");
    const path = `${SECRETS}/QUERIED`;
    expect((await admin.get(`${path}?environment=default`)).status).toBe(200);
    for (const query of ["env=default", "environment=a&environment=b", "value=1", "__proto__=1"]) {
      expectProblem(await admin.get(`${path}?${query}`), 400, "invalid_request");
    }
    expectProblem(await admin.get(`${path}?environment=Default`), 400, "invalid_request");
    expectProblem(await admin.get(`${path}?environment=`), 400, "invalid_request");
    expectProblem(await admin.get(`${path}?environment=none`), 404, "not_found");
  });
});

describe("describing a secret", () => {
  const path = `${SECRETS}/DESCRIBED`;

  test("changes what is given and nothing else; null takes an expiry or a period away", async () => {
    const { admin } = shared;
    const first = await mustCreateSecret(admin, "DESCRIBED", "v", {
      ...{ description: "one", tags: ["a"], expiresAt: "2099-01-01T00:00:00Z", rotateEveryDays: 9 },
    });
    const unchanged = await admin.patch(path, {});
    expect(unchanged.json).toStrictEqual(first);
    const described = await admin.patch(path, { description: "two" });
    expect(described.json).toStrictEqual({ ...first, description: "two" });
    const tagged = await admin.patch(path, { tags: ["B", "a", "b"] });
    expect(tagged.json).toStrictEqual({ ...first, description: "two", tags: ["a", "b"] });
    const cleared = await admin.patch(path, { expiresAt: null, rotateEveryDays: null, tags: [] });
    expect(cleared.json).toStrictEqual({
      ...{ ...first, description: "two", tags: [], expiresAt: null },
      ...{ rotateEveryDays: null, rotateDueAt: null },
    });
    expect((await admin.get(path)).json).toStrictEqual(cleared.json);
  });

  test("never touches name, value or versions", async () => {
    const { admin } = shared;
    for (const body of [
      { value: "new" },
      { name: "RENAMED" },
      { version: 2 },
      { state: "trashed" },
      { environment: "default" },
      { createdBy: "x" },
      { description: null },
      { tags: null },
    ]) {
      expectProblem(await admin.patch(path, body), 400, "invalid_request");
    }
    expectProblem(await admin.send("PATCH", path), 400, "invalid_request");
    expect((await admin.get(path)).json).toMatchObject({ name: "DESCRIBED", version: 1 });
  });

  test("is refused in the trash", async () => {
    const { admin } = shared;
    await mustCreateSecret(admin, "IN_TRASH", "v");
    await admin.delete(`${SECRETS}/IN_TRASH`);
    const answer = await admin.patch(`${SECRETS}/IN_TRASH`, { description: "new" });
    expectProblem(answer, 409, "in_trash");
  });
});

describe("listing", () => {
  const names = (answer: Answer) =>
    (answer.json?.["items"] as { name: string }[]).map(({ name }) => name);

  async function filled(): Promise<{ admin: Client; list: (query: string) => Promise<Answer> }> {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    const make = (name: string, describe: object = {}) =>
      mustCreateSecret(admin, name, "v", describe);
    await Promise.all([
      make("b_TWO", { tags: ["red", "red-wine"], description: "the Second % one" }),
      make("A_ONE", { tags: ["wine"] }),
      make("C_three", { description: "100% \\ [x]* 'quoted' \"double\"" }),
      make("d_Four", { tags: ["blue"] }),
      make("aXone"),
    ]);
    await admin.delete(`${SECRETS}/D_FOUR`);
    return { admin, list: (query) => admin.get(`${SECRETS}${query}`) };
  }

  test("gives names in order without regard to case, a page at a time, each once", async () => {
    const { list } = await filled();
    const all = await list("");
    expect(Object.keys(all.json ?? {})).toEqual(["items", "nextCursor"]);
    expect(names(all)).toEqual(["A_ONE", "aXone", "b_TWO", "C_three"]);
    expect(all.json?.["nextCursor"]).toBeNull();
    const [item] = all.json?.["items"] as object[];
    expect(Object.keys(item ?? {})).toEqual(SECRET_KEYS);
    for (const limit of [1, 2, 3, 4, 5]) {
      const collected: string[] = [];
      let cursor: string | null = "";
      while (cursor !== null) {
        const after = cursor === "" ? "" : `&cursor=${cursor}`;
        const page = await list(`?limit=${String(limit)}${after}`);
        expect(names(page).length).toBeLessThanOrEqual(limit);
        collected.push(...names(page));
        cursor = page.json?.["nextCursor"] as string | null;
      }
      expect(collected).toEqual(["A_ONE", "aXone", "b_TWO", "C_three"]);
    }
  });

  test("finds by state, by tag as a whole, and by text that stands for itself", async () => {
    const { list } = await filled();
    const cases: [string, string[]][] = [
      ["?state=active", ["A_ONE", "aXone", "b_TWO", "C_three"]],
      ["?state=trashed", ["d_Four"]],
      ["?state=all", ["A_ONE", "aXone", "b_TWO", "C_three", "d_Four"]],
      ["?tag=red", ["b_TWO"]],
      ["?tag=RED", ["b_TWO"]],
      ["?tag=wine", ["A_ONE"]],
      ["?tag=re", []],
      ["?tag=blue", []],
      ["?tag=blue&state=all", ["d_Four"]],
      ["?search=one", ["A_ONE", "aXone", "b_TWO"]],
      ["?search=ONE", ["A_ONE", "aXone", "b_TWO"]],
      ["?search=a_one", ["A_ONE"]],
      ["?search=%25", ["b_TWO", "C_three"]],
      ["?search=100%25", ["C_three"]],
      ["?search=%5C", ["C_three"]],
      ["?search=%27quoted%27", ["C_three"]],
      ["?search=%22double%22", ["C_three"]],
      ["?search=red-wine", ["b_TWO"]],
      ["?search=red&tag=wine", []],
      ["?search=", ["A_ONE", "aXone", "b_TWO", "C_three"]],
      ["?search=nothing", []],
      ["?search=%00", []],
    ];
    for (const [query, expected] of cases)
      expect(names(await list(query)), query).toEqual(expected);
  });

  test("refuses what it does not know: parameters, states, limits, cursors", async () => {
    const { admin } = shared;
    for (const query of [
      ...["state=gone", "state=ACTIVE", "limit=0", "limit=501", "limit=1.5", "limit=x", "limit="],
      ...["limit=1&limit=2", "tag=a%20b", "tag=", "order=name", "search=a&search=b", "Search=a"],
      ...[`search=${"x".repeat(201)}`, `cursor=${"x".repeat(301)}`, "cursor=*", "cursor="],
      ...["cursor=JyBPUiAxPTE", "environment=Bad_Slug", "__proto__=x"],
    ]) {
      const answer = await admin.get(`${SECRETS}?${query}`);
      expectProblem(answer, 400, "invalid_request");
    }
    expectProblem(await admin.get(`${SECRETS}?environment=none`), 404, "not_found");
  });

  test("shows a service only the names that its rules let it list, over pages too", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    const made = Array.from(
      { length: 12 },
      (_, i) => `${i % 4 === 0 ? "MINE" : "YOURS"}_${String(i)}`,
    );
    await Promise.all(made.map((name) => mustCreateSecret(admin, name, "v", { tags: ["t"] })));
    const actions = ["list"] as const;
    const service = await mustHaveService(coffer, admin, ["mine_*"], { actions: [...actions] });
    const mine = made.filter((name) => name.startsWith("MINE")).sort();
    expect(names(await service.get(SECRETS))).toEqual(mine);
    expect(names(await service.get(`${SECRETS}?search=yours`))).toEqual([]);
    const first = await service.get(`${SECRETS}?limit=2`);
    expect(names(first)).toEqual(mine.slice(0, 2));
    const rest = await service.get(
      `${SECRETS}?limit=2&cursor=${String(first.json?.["nextCursor"])}`,
    );
    expect(names(rest)).toEqual(mine.slice(2));
  });

  test("is for every role", async () => {
    const { coffer } = shared;
    for (const role of ["editor", "viewer", "auditor"] as const) {
      expect((await (await asRole(coffer, role)).get(SECRETS)).status).toBe(200);
    }
  });
});

describe("where a secret is used", () => {
  test("is counted for each service, and shown on the secret, once it has been resolved", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    await mustCreateSecret(admin, "USED", "v");
    await mustCreateSecret(admin, "UNUSED", "v");
    const path = `${SECRETS}/USED`;
    expect((await admin.get(`${path}/uses`)).json).toStrictEqual({ items: [] });
    const one = await mustHaveService(coffer, admin, ["*"]);
    const two = await mustHaveService(coffer, admin, ["*"]);
    const idOf = async (client: Client) =>
      (await client.get("/api/v1/whoami")).json?.["service"] as { id: string; name: string };
    const firstAt = coffer.clock.now().toISOString();
    await one.resolve("$SECRET/USED $SECRET/USED");
    coffer.clock.advance(1000);
    await one.resolve({ a: "$SECRET/used", b: "{{Secrets.NONE:-x}}" });
    const lastAt = coffer.clock.now().toISOString();
    coffer.clock.advance(1000);
    const twoAt = coffer.clock.now().toISOString();
    await two.resolve("$SECRET/USED");
    const denied = await two.resolve("$SECRET/UNUSED $SECRET/NONE");
    expectProblem(denied, 422, "unresolved", ["failures"]);
    const { id, name } = await idOf(one);
    const other = await idOf(two);
    const days = (today: number) => [...Array<number>(29).fill(0), today];
    expect((await admin.get(`${path}/uses`)).json).toStrictEqual({
      items: [
        {
          service: { id: other.id, name: other.name, deleted: false },
          ...{ firstUsedAt: twoAt, lastUsedAt: twoAt, count: 1, mayPin: false, days: days(1) },
        },
        {
          service: { id, name, deleted: false },
          ...{ firstUsedAt: firstAt, lastUsedAt: lastAt, count: 2 },
          ...{ mayPin: false, days: days(2) },
        },
      ],
    });
    expect((await admin.get(path)).json).toMatchObject({ lastUsedAt: twoAt });
    expect((await admin.get(`${SECRETS}/UNUSED`)).json).toMatchObject({ lastUsedAt: null });
    expect((await mustRotate(admin, "USED", "v2")).lastUsedAt).toBe(twoAt);
  });

  test("keeps what a deleted service read, under the name that it had, until the secret is purged", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    await mustCreateSecret(admin, "KEPT", "v");
    const readerNamed = async (name: string) => {
      const { id } = await mustCreateService(admin, name, ["*"]);
      return { id, client: asService(coffer, (await mustMintToken(admin, id)).token) };
    };
    const first = await readerNamed("gateway");
    const at = coffer.clock.now().toISOString();
    for (let reads = 0; reads < 3; reads++) must(200, await first.client.resolve("$SECRET/KEPT"));
    must(200, await admin.patch(`/api/v1/services/${first.id}`, { name: "Edge-Gateway" }));
    // No look before that would have had the reads written: they are when it is deleted already.
    must(204, await admin.delete(`/api/v1/services/${first.id}`));
    const uses = async () =>
      (must(200, await admin.get(`${SECRETS}/KEPT/uses`)) as { items: UseInfo[] }).items;
    const deleted = {
      service: { id: first.id, name: "Edge-Gateway", deleted: true },
      ...{ mayPin: false, firstUsedAt: at, lastUsedAt: at, count: 3 },
      days: [...Array<number>(29).fill(0), 3],
    };
    expect(await uses()).toStrictEqual([deleted]);
    expect((await admin.get(`${SECRETS}/KEPT`)).json).toMatchObject({ lastUsedAt: at });
    const exported = await admin.get("/api/v1/export?format=json");
    expect(exported.json).toMatchObject({
      secrets: [{ name: "KEPT", lastUsedAt: at, uses: [{ service: deleted.service, count: 3 }] }],
    });

    coffer.clock.advance(1000);
    const second = await readerNamed("edge-gateway");
    must(200, await second.client.resolve("$SECRET/KEPT"));
    expect(await uses()).toMatchObject([
      { service: { id: second.id, name: "edge-gateway", deleted: false }, count: 1 },
      deleted,
    ]);
    must(204, await admin.delete(`${SECRETS}/KEPT?purge=true`));
    expect(await (await coffer.database()).db.secretUse.count()).toBe(0);
  });

  test("counts a read that was answered `unchanged` as a use", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    await mustCreateSecret(admin, "POLLED", "v");
    const service = await mustHaveService(coffer, admin, ["*"]);
    const tag = (await service.resolve("$SECRET/POLLED")).json?.["tag"];
    coffer.clock.advance(60_000);
    const again = await service.resolve("$SECRET/POLLED", { ifChangedFrom: tag });
    expect(again.json).toStrictEqual({ unchanged: true });
    const { json } = await admin.get(`${SECRETS}/POLLED`);
    expect(json?.["lastUsedAt"]).toBe(coffer.clock.now().toISOString());
  });
});
