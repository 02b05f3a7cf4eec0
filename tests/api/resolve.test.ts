import { beforeAll, describe, expect, test } from "vitest";
import type { Rule } from "../../lib/shapes";
import {
  asAdmin,
  eventsOf,
  mustCreateSecret,
  mustHaveService,
  mustRotate,
  shareCoffer,
  startCoffer,
  tamper,
  type Answer,
  type Client,
} from "../support/coffer";
import { expectProblem, type FailureBody } from "../support/problem";

const shared = shareCoffer();
const RESOLVE = "/api/v1/resolve";
const MIB = 1_048_576;

/** A service that may resolve everything, in every version. */
let service: Client;

beforeAll(async () => {
  const { coffer, admin } = shared;
  service = await mustHaveService(coffer, admin, ["*"], { versions: "any" });
  await mustCreateSecret(admin, "KEY", "sk-123");
  await mustCreateSecret(admin, "USER", "anna");
  await mustCreateSecret(admin, "DB", '{"user":"root","port":5432,"big":12345678901234567890}');
});

const configOf = (answer: Answer): unknown => {
  expect(answer.status, answer.text).toBe(200);
  return answer.json?.["config"];
};

function failuresOf(answer: Answer): FailureBody[] {
  const problem = expectProblem(answer, 422, "unresolved", ["failures"]);
  for (const failure of problem.failures ?? []) {
    expect(Object.keys(failure)).toEqual(["reference", "name", "reason", "message", "paths"]);
    expect(failure.message).not.toBe("");
  }
  return problem.failures ?? [];
}

const reasonsOf = (answer: Answer) => failuresOf(answer).map(({ reason }) => reason);

describe("a config comes back", () => {
  test("with every reference expanded, and what was read named beside it", async () => {
    const answer = await service.resolve({
      url: "https://$SECRET/USER:{{Secrets.KEY}}@example.com",
      headers: [{ Authorization: "Bearer << secrets.key >>" }],
      again: "$SECRET/USER",
    });
    expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("etag")).toBeNull();
    expect(answer.json).toStrictEqual({
      config: {
        url: "https://anna:sk-123@example.com",
        headers: [{ Authorization: "Bearer sk-123" }],
        again: "anna",
      },
      references: [
        { reference: "$SECRET/USER", name: "USER", version: 1, paths: ["/url", "/again"] },
        { reference: "{{Secrets.KEY}}", name: "KEY", version: 1, paths: ["/url"] },
        {
          reference: "<<Secrets.key>>",
          name: "KEY",
          version: 1,
          paths: ["/headers/0/Authorization"],
        },
      ],
      tag: expect.stringMatching(/^[\w-]{43}$/) as string,
    });
    expect(Object.keys(answer.json ?? {})).toEqual(["config", "references", "tag"]);
  });

  test("whatever JSON it is: text, number, list, null, empty", async () => {
    for (const config of ["plain", "", 0, -1.5, true, false, null, [], {}, [[[]]], { "": "" }]) {
      const answer = await service.resolve(config);
      expect(configOf(answer)).toStrictEqual(config);
      expect(answer.json?.["references"]).toEqual([]);
    }
    expect(configOf(await service.resolve("$SECRET/KEY"))).toBe("sk-123");
  });

  test("byte for byte outside of what was expanded", async () => {
    const config = String.raw`{ "n" : 12345678901234567890 , "f":1.0, "e":-0, "x":1E+2,
	"__proto__": {"constructor":"$SECRET/KEY"}, "dup":"$SECRET/KEY","dup":1,"dup":"$SECRET/USER",
	"esc":"\u00e9\/\ud83d\ude00\u0000 $SECRET/KEY", "sur":"\ud800", "$SECRET/KEY":"key",
	"😀":[ ] , "u":"\u0024SECRET/KEY", "last":{} }`;
    const answer = await service.send("POST", RESOLVE, `{"config":${config}}`);
    const expected = config
      .replace(`"constructor":"$SECRET/KEY"`, `"constructor":"sk-123"`)
      .replace(`"dup":"$SECRET/KEY"`, `"dup":"sk-123"`)
      .replace(`"dup":"$SECRET/USER"`, `"dup":"anna"`)
      .replace(String.raw`\u0000 $SECRET/KEY`, String.raw`\u0000 sk-123`)
      .replace(String.raw`\u0024SECRET/KEY`, "sk-123");
    expect(answer.status, answer.text).toBe(200);
    expect(answer.text.startsWith(`{"config":${expected},"references":[`)).toBe(true);
    const paths = (answer.json?.["references"] as { paths: string[] }[]).map((each) => each.paths);
    expect(paths).toEqual([["/__proto__/constructor", "/dup", "/esc", "/u"], ["/dup"]]);
  });

  test("with values that are never read again as references, patterns or JSON", async () => {
    const { admin } = shared;
    const values = {
      CHAIN_A: "$SECRET/CHAIN_B {{Secrets.CHAIN_B}} <<Secrets.CHAIN_B>> $ENV/PATH",
      CHAIN_B: "never to be seen",
      HALF: "{{Secrets.CHAIN",
      PATTERN: "$& $1 $$ $` $' \\1",
      JSONISH: '","injected":"x',
      ESCAPES: "\\u0024SECRET/KEY \\$SECRET/KEY",
      ITSELF: "$SECRET/ITSELF",
    };
    for (const [name, value] of Object.entries(values)) await mustCreateSecret(admin, name, value);
    for (const [name, value] of Object.entries(values)) {
      const config = { a: `$SECRET/${name}`, b: `[{{Secrets.${name}}}]` };
      const answer = await service.resolve(config);
      expect(configOf(answer)).toStrictEqual({ a: value, b: `[${value}]` });
    }
    const joined = await service.resolve("$SECRET/HALF_B}} $SECRET/HALF".replace("HALF_B", "HALF"));
    expect(configOf(joined)).toBe("{{Secrets.CHAIN}} {{Secrets.CHAIN");
  });

  test("with an answer that is one JSON document, whatever keys the config has", async () => {
    const config = { config: 1, references: 2, tag: 3, toString: "$SECRET/KEY", length: 0 };
    const answer = await service.resolve(config);
    expect(configOf(answer)).toStrictEqual({ ...config, toString: "sk-123" });
  });

  test("with JSON pointers that escape ~ and / (RFC 6901)", async () => {
    const answer = await service.resolve({ "a/b": { "~": ["$SECRET/KEY"] }, "": "$SECRET/KEY" });
    expect(answer.json?.["references"]).toMatchObject([{ paths: ["/a~1b/~0/0", "/"] }]);
  });

  test("with members of JSON values, numbers to the last digit", async () => {
    const answer = await service.resolve(
      "{{Secrets.DB.user}}:{{Secrets.DB.port}}:<<Secrets.DB.big>>",
    );
    expect(configOf(answer)).toBe("root:5432:12345678901234567890");
    expect(answer.json?.["references"]).toMatchObject([
      { reference: "{{Secrets.DB.user}}", name: "DB", version: 1 },
      { reference: "{{Secrets.DB.port}}", name: "DB", version: 1 },
      { reference: "<<Secrets.DB.big>>", name: "DB", version: 1 },
    ]);
  });

  test("with the version that is named, and the current one where none is", async () => {
    const { admin } = shared;
    await mustCreateSecret(admin, "VERSIONED", "one");
    await mustRotate(admin, "VERSIONED", "two");
    const answer = await service.resolve(
      "{{Secrets.VERSIONED@1}} {{Secrets.VERSIONED@2}} $SECRET/VERSIONED",
    );
    expect(configOf(answer)).toBe("one two two");
    expect(answer.json?.["references"]).toMatchObject([
      { reference: "{{Secrets.VERSIONED@1}}", version: 1 },
      { reference: "{{Secrets.VERSIONED@2}}", version: 2 },
      { reference: "$SECRET/VERSIONED", version: 2 },
    ]);
  });

  test("with escaped references made literal, and other systems' marks untouched", async () => {
    const config = [
      ...[String.raw`\$SECRET/KEY`, String.raw`\\$SECRET/KEY`, "${{ secrets.KEY }}"],
      ...["{{ .Values.secrets.KEY }}", "$SECRETS/KEY", "$secret/KEY", "{{other}}", "<<: *a"],
    ];
    expect(configOf(await service.resolve(config))).toEqual([
      ...["$SECRET/KEY", String.raw`\sk-123`, "${{ secrets.KEY }}"],
      ...["{{ .Values.secrets.KEY }}", "$SECRETS/KEY", "$secret/KEY", "{{other}}", "<<: *a"],
    ]);
  });
});

describe("if any reference fails, nothing is expanded", () => {
  test("and every failure is listed with all of its places, its reason and no value", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    const names = ["GOOD", "TRASHED", "EXPIRED", "DESTROYED", "TEXT"];
    for (const name of names) await mustCreateSecret(admin, `OK_${name}`, `value-of-${name}`);
    await mustCreateSecret(admin, "DENIED", "value-of-DENIED");
    await admin.delete("/api/v1/secrets/OK_TRASHED");
    const expiresAt = new Date(coffer.clock.now().getTime() + 1).toISOString();
    await admin.patch("/api/v1/secrets/OK_EXPIRED", { expiresAt });
    coffer.clock.advance(1);
    await mustRotate(admin, "OK_DESTROYED", "value-two");
    await admin.delete("/api/v1/secrets/OK_DESTROYED/versions/1");
    const client = await mustHaveService(coffer, admin, ["OK_*"], { versions: "any" });
    const answer = await client.resolve({
      good: "$SECRET/OK_GOOD",
      list: ["$SECRET/DENIED", { deep: "x $SECRET/OK_MISSING $SECRET/DENIED" }],
      trashed: "{{Secrets.OK_TRASHED:-default-text}}",
      expired: "<<Secrets.ok_expired>>",
      destroyed: "{{Secrets.OK_DESTROYED@1}}",
      noVersion: "{{Secrets.OK_GOOD@9}}",
      malformed: ["{{Secrets.my-key}}", "$SECRET/"],
      unsupported: ["$ENV/PATH", "$secret://vault/1/a/b"],
    });
    const failures = failuresOf(answer);
    const told = failures.map(({ reference, name, reason, paths }) => [
      reference,
      name,
      reason,
      paths,
    ]);
    expect(told).toEqual([
      ["$SECRET/DENIED", "DENIED", "denied", ["/list/0", "/list/1/deep"]],
      ["$SECRET/OK_MISSING", "OK_MISSING", "missing", ["/list/1/deep"]],
      ["{{Secrets.OK_TRASHED}}", "OK_TRASHED", "trashed", ["/trashed"]],
      ["<<Secrets.ok_expired>>", "ok_expired", "expired", ["/expired"]],
      ["{{Secrets.OK_DESTROYED@1}}", "OK_DESTROYED", "destroyed", ["/destroyed"]],
      ["{{Secrets.OK_GOOD@9}}", "OK_GOOD", "no_such_version", ["/noVersion"]],
      ["$ENV/PATH", "PATH", "denied", ["/unsupported/0"]],
      ["$secret://vault/1/a/b", null, "unsupported", ["/unsupported/1"]],
      ["{{Secrets.my…", null, "malformed", ["/malformed/0"]],
      ["$SECRET/…", null, "malformed", ["/malformed/1"]],
    ]);
    expect(answer.text).not.toMatch(/value-|default-text/);
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { action: "secrets.resolve", outcome: "denied", code: "unresolved", environment: "default" },
    ]);
  });

  test("neither for members that are not there or values that are no JSON objects", async () => {
    const { admin } = shared;
    for (const [name, value] of Object.entries({
      ARRAY: "[1]",
      NUMBER: "5",
      BROKEN: '{"a":',
      TWICE: '{"a":1,"a":2}',
    })) {
      await mustCreateSecret(admin, `MEMBER_${name}`, value);
    }
    const answer = await service.resolve({
      a: "{{Secrets.DB.none}}",
      b: "{{Secrets.KEY.user}}",
      c: "{{Secrets.MEMBER_ARRAY.0}}",
      d: "{{Secrets.MEMBER_NUMBER.a}}",
      e: "{{Secrets.MEMBER_BROKEN.a:-default}}",
      f: "{{Secrets.MEMBER_TWICE.a}}",
      g: "{{Secrets.DB.__proto__}}",
      h: "{{Secrets.DB.toString}}",
    });
    const told = failuresOf(answer).map(({ reason, paths }) => [paths[0], reason]);
    expect(told).toEqual([
      ["/a", "no_such_member"],
      ["/b", "not_json"],
      ["/c", "not_json"],
      ["/d", "not_json"],
      ["/e", "not_json"],
      ["/f", "not_json"],
      ["/g", "no_such_member"],
      ["/h", "no_such_member"],
    ]);
    expect(answer.text).not.toMatch(/root|5432|sk-123|default/);
  });

  test("neither for a value that can't be opened, which is named with its place", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "DAMAGED", "value-of-damaged");
    await tamper(coffer, async (tx) => {
      const { id } = await tx.secret.findFirstOrThrow({ where: { nameKey: "damaged" } });
      const where = { secretId_version: { secretId: id, version: 1 } };
      const { sealed } = await tx.secretVersion.findUniqueOrThrow({ where });
      const text = sealed ?? "";
      const flipped = text.slice(0, -9) + (text.at(-9) === "A" ? "B" : "A") + text.slice(-8);
      await tx.secretVersion.update({ where, data: { sealed: flipped } });
    });
    const answer = await service.resolve({ a: ["$SECRET/KEY", "$SECRET/DAMAGED"] });
    expect(failuresOf(answer)).toMatchObject([
      { reference: "$SECRET/DAMAGED", name: "DAMAGED", reason: "unreadable", paths: ["/a/1"] },
    ]);
    expect(answer.text).not.toMatch(/sk-123|value-of|cfv1/);
    expect((await mustRotate(admin, "DAMAGED", "healed")).version).toBe(2);
    expect(configOf(await service.resolve("$SECRET/DAMAGED"))).toBe("healed");
  });

  test("from the very instant at which a secret expires", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    const expiresAt = new Date(coffer.clock.now().getTime() + 1000).toISOString();
    await mustCreateSecret(admin, "EXPIRING", "v", { expiresAt });
    const client = await mustHaveService(coffer, admin, ["*"]);
    coffer.clock.advance(999);
    expect(configOf(await client.resolve("$SECRET/EXPIRING"))).toBe("v");
    coffer.clock.advance(1);
    for (const onMissing of ["fail", "keep", "empty"]) {
      const answer = await client.resolve("{{Secrets.EXPIRING:-default}}", { onMissing });
      expect(reasonsOf(answer)).toEqual(["expired"]);
    }
    await mustRotate(admin, "EXPIRING", "new");
    expect(reasonsOf(await client.resolve("$SECRET/EXPIRING"))).toEqual(["expired"]);
    await admin.patch("/api/v1/secrets/EXPIRING", { expiresAt: null });
    expect(configOf(await client.resolve("$SECRET/EXPIRING"))).toBe("new");
  });

  test("as malformed, what opens like a reference and is none", async () => {
    const { coffer } = shared;
    const answer = await service.resolve("{{Secrets.A:-hidden-default {{Secrets.B}}");
    expect(reasonsOf(answer)).toContain("malformed");
    expect(answer.text).not.toContain("hidden-default");
    expect(await eventsOf(coffer, answer)).toMatchObject([{ code: "unresolved" }]);
    expect(JSON.stringify(await eventsOf(coffer, answer))).not.toContain("hidden-default");
  });
});

describe("what is allowed is asked for each reference:", () => {
  async function withRules(rules: Partial<Rule>[]): Promise<Client> {
    const { coffer, admin } = shared;
    const full = rules.map((rule) => ({ actions: ["resolve"], names: ["*"], ...rule }));
    return mustHaveService(coffer, admin, [], {}, { rules: full });
  }

  test("a version needs a rule for any version, also when it is the current one", async () => {
    const current = await withRules([{ names: ["KEY"] }]);
    expect(configOf(await current.resolve("$SECRET/KEY"))).toBe("sk-123");
    for (const config of ["{{Secrets.KEY@1}}", "{{Secrets.KEY@7}}", "{{Secrets.KEY@1:-x}}"]) {
      expect(reasonsOf(await current.resolve(config))).toEqual(["denied"]);
    }
    const any = await withRules([
      { names: ["USER"], versions: "any" },
      { names: ["K*"], versions: "current" },
    ]);
    expect(configOf(await any.resolve("{{Secrets.USER@1}} $SECRET/KEY"))).toBe("anna sk-123");
    expect(reasonsOf(await any.resolve("{{Secrets.KEY@1}}"))).toEqual(["denied"]);
  });

  test("rules of several kinds add up, and none is borrowed by another", async () => {
    const mixed = await withRules([
      { actions: ["list"], names: ["KEY"] },
      { actions: ["resolve"], names: ["USER"] },
    ]);
    expect(configOf(await mixed.resolve("$SECRET/user"))).toBe("anna");
    expect(reasonsOf(await mixed.resolve("$SECRET/KEY"))).toEqual(["denied"]);
  });

  test("`only` narrows the rules and never widens them", async () => {
    const client = await withRules([{ names: ["KEY", "USER"] }]);
    const resolve = (config: unknown, only: unknown) => client.resolve(config, { only });
    expect(configOf(await resolve("$SECRET/KEY", ["k*"]))).toBe("sk-123");
    expect(reasonsOf(await resolve("$SECRET/KEY $SECRET/USER", ["USER"]))).toEqual(["denied"]);
    expect(reasonsOf(await resolve("$SECRET/DB", ["*"]))).toEqual(["denied"]);
    expect(reasonsOf(await resolve("$SECRET/KEY", []))).toEqual(["denied"]);
    expect(reasonsOf(await resolve("{{Secrets.NONE:-x}}", ["KEY"]))).toEqual(["denied"]);
    for (const bad of ["KEY", [""], ["K?"], [1], null, [["KEY"]], Array(201).fill("A")]) {
      expectProblem(await resolve("x", bad), 400, "invalid_request");
    }
  });

  test("a denied name answers alike whether its secret exists, is in the trash, or never was", async () => {
    const { admin } = shared;
    await mustCreateSecret(admin, "HIDDEN_YES", "v");
    await mustCreateSecret(admin, "HIDDEN_BIN", "v");
    await admin.delete("/api/v1/secrets/HIDDEN_BIN");
    const client = await withRules([{ names: ["KEY"] }]);
    const told = async (name: string, template: string, options: object) => {
      const answer = await client.resolve(template.replace("NAME", name), options);
      expect(reasonsOf(answer)).toEqual(["denied"]);
      const requestId = answer.headers.get("x-request-id") ?? "";
      return answer.text.replaceAll(name, "NAME").replace(requestId, "");
    };
    for (const template of ["$SECRET/NAME", "{{Secrets.NAME:-d}}", "{{Secrets.NAME.m@2}}"]) {
      for (const onMissing of ["fail", "keep", "empty"]) {
        const absent = await told("HIDDEN_NOT", template, { onMissing });
        expect(await told("HIDDEN_YES", template, { onMissing })).toBe(absent);
        expect(await told("HIDDEN_BIN", template, { onMissing })).toBe(absent);
      }
    }
  });
});

describe("where no secret of that name exists", () => {
  test("a default is used, literally, and shown as no version", async () => {
    const answer = await service.resolve({
      a: "{{Secrets.NONE:-fall back}}",
      b: "<<Secrets.NONE:->>",
      c: '{{Secrets.NONE:-$& \\ "quoted"}}',
    });
    expect(configOf(answer)).toEqual({ a: "fall back", b: "", c: '$& \\ "quoted"' });
    expect(answer.json?.["references"]).toEqual([
      { reference: "{{Secrets.NONE}}", name: "NONE", version: null, paths: ["/a"] },
      { reference: "<<Secrets.NONE>>", name: "NONE", version: null, paths: ["/b"] },
      { reference: "{{Secrets.NONE}}", name: "NONE", version: null, paths: ["/c"] },
    ]);
  });

  test("onMissing keeps or empties the reference, and a default goes first", async () => {
    const config = [
      "a $SECRET/NONE b",
      "{{ secrets.NONE@3 }}",
      "{{Secrets.NONE:-d}}",
      "$SECRET/KEY",
    ];
    const resolve = (onMissing: string) => service.resolve(config, { onMissing });
    expect(configOf(await resolve("keep"))).toEqual([
      ...["a $SECRET/NONE b", "{{ secrets.NONE@3 }}", "d", "sk-123"],
    ]);
    expect(configOf(await resolve("empty"))).toEqual(["a  b", "", "d", "sk-123"]);
    expect(reasonsOf(await resolve("fail"))).toEqual(["missing", "missing"]);
    for (const bad of ["KEEP", "", "skip", null, true]) {
      expectProblem(await service.resolve(config, { onMissing: bad }), 400, "invalid_request");
    }
  });

  test("onMissing helps in no other case", async () => {
    for (const onMissing of ["keep", "empty"]) {
      const answer = await service.resolve(
        { a: "{{Secrets.KEY@9}}", b: "{{Secrets.KEY.m}}", c: "{{Secrets.x-y}}", d: "$ENV/HOME" },
        { onMissing },
      );
      expect(reasonsOf(answer)).toEqual(["no_such_version", "denied", "malformed"]);
    }
  });
});

describe("paths", () => {
  test("limit what is read: outside of them nothing is parsed, not even what is malformed", async () => {
    const config = {
      models: [{ key: "$SECRET/KEY", prompt: "$SECRET/USER" }, { key: "{{Secrets.USER}}" }],
      text: "{{Secrets.broken-",
    };
    const answer = await service.resolve(config, { paths: ["/models/*/key"] });
    expect(configOf(answer)).toEqual({
      models: [{ key: "sk-123", prompt: "$SECRET/USER" }, { key: "anna" }],
      text: "{{Secrets.broken-",
    });
    expect(answer.json?.["references"]).toMatchObject([
      { paths: ["/models/0/key"] },
      { paths: ["/models/1/key"] },
    ]);
    const none = await service.resolve(config, { paths: [] });
    expect(configOf(none)).toEqual(config);
  });

  test("are relative to the config, and the empty one is all of it", async () => {
    expect(configOf(await service.resolve("$SECRET/KEY", { paths: [""] }))).toBe("sk-123");
    const config = { config: "$SECRET/KEY" };
    expect(configOf(await service.resolve(config, { paths: ["/config"] }))).toEqual({
      config: "sk-123",
    });
    const deep = await service.resolve({ a: { b: "$SECRET/KEY" } }, { paths: ["/**"] });
    expect(configOf(deep)).toEqual({ a: { b: "sk-123" } });
  });

  test("that are no globs are refused", async () => {
    for (const paths of [["a"], ["/a*"], ["/~3"], ["/a~"], [1], "/a", null, ["x".repeat(1_001)]]) {
      expectProblem(await service.resolve("x", { paths }), 400, "invalid_request");
    }
    expectProblem(
      await service.resolve("x", { paths: Array(201).fill("") }),
      400,
      "invalid_request",
    );
  });
});

describe("the tag", () => {
  test("sent back as ifChangedFrom says `unchanged` until something changes that the answer is made of", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "TAGGED", "one");
    const rules = [{ actions: ["resolve"], names: ["*"] }];
    const client = await mustHaveService(coffer, admin, [], {}, { rules });
    const id = ((await client.get("/api/v1/whoami")).json?.["service"] as { id: string }).id;
    const config = { a: "$SECRET/TAGGED {{Secrets.LATER:-none}}" };
    const tagOf = async (by = client, sent: unknown = config, options: object = {}) => {
      const answer = await by.resolve(sent, options);
      expect(answer.status, answer.text).toBe(200);
      return String(answer.json?.["tag"]);
    };
    const tag = await tagOf();
    const unchanged = await client.resolve(config, { ifChangedFrom: tag });
    expect(unchanged.json).toStrictEqual({ unchanged: true });
    expect(await eventsOf(coffer, unchanged)).toMatchObject([
      {
        outcome: "ok",
        code: "unchanged",
        names: [
          ["TAGGED", 1],
          ["LATER", 0],
        ],
      },
    ]);

    const tags = new Set([tag]);
    const expectOther = (other: string) => {
      expect(tags.has(other)).toBe(false);
      tags.add(other);
    };
    expectOther(await tagOf(service));
    expectOther(await tagOf(client, { a: "$SECRET/TAGGED {{Secrets.LATER:-None}}" }));
    expectOther(await tagOf(client, { ...config, b: 1 }));
    expectOther(await tagOf(client, config, { onMissing: "keep" }));
    expectOther(await tagOf(client, config, { only: ["*"] }));
    expectOther(await tagOf(client, config, { paths: ["/a"] }));
    const spaced = await client.send("POST", RESOLVE, `{"config":{"a":1} }`);
    const dense = await client.send("POST", RESOLVE, ` {"config": {"a":1}}`);
    expect(spaced.json?.["tag"]).toBe(dense.json?.["tag"]);

    await mustRotate(admin, "TAGGED", "two");
    const changed = await client.resolve(config, { ifChangedFrom: tag });
    expect(changed.json).toMatchObject({ config: { a: "two none" } });
    expectOther(String(changed.json?.["tag"]));
    await admin.post("/api/v1/secrets/TAGGED/versions/1/activate");
    expect(await tagOf()).toBe(tag);
    await mustCreateSecret(admin, "LATER", "some");
    expectOther(await tagOf());
    await admin.patch(`/api/v1/services/${id}`, { rules: [...rules, ...rules] });
    expectOther(await tagOf());
  });

  test("helps nobody who may not have the answer", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "TAG_GONE", "v");
    const client = await mustHaveService(coffer, admin, ["TAG_GONE"]);
    const ifChangedFrom = (await client.resolve("$SECRET/TAG_GONE")).json?.["tag"];
    await admin.delete("/api/v1/secrets/TAG_GONE");
    const trashed = await client.resolve("$SECRET/TAG_GONE", { ifChangedFrom });
    expect(reasonsOf(trashed)).toEqual(["trashed"]);
  });

  test("is none of the value's: the same value under another version has another tag", async () => {
    const { admin } = shared;
    await mustCreateSecret(admin, "TAG_SAME", "same");
    const first = (await service.resolve("$SECRET/TAG_SAME")).json?.["tag"];
    await mustRotate(admin, "TAG_SAME", "same");
    expect((await service.resolve("$SECRET/TAG_SAME")).json?.["tag"]).not.toBe(first);
  });

  test("that is not one, or another's, gives the whole answer", async () => {
    for (const ifChangedFrom of ["", "x", 'W/"x"', "x".repeat(200)]) {
      const answer = await service.resolve("$SECRET/KEY", { ifChangedFrom });
      expect(configOf(answer)).toBe("sk-123");
    }
    for (const bad of ["x".repeat(201), null, 1]) {
      const answer = await service.resolve("x", { ifChangedFrom: bad });
      expectProblem(answer, 400, "invalid_request");
    }
  });
});

describe("a request that is not understood is refused", () => {
  test.for<[string, string, string]>([
    ["no config", "{}", "invalid_request"],
    ["an unknown field", '{"config":1,"environment":"x"}', "invalid_request"],
    ["a misspelt field", '{"config":1,"onmissing":"keep"}', "invalid_request"],
    ["__proto__ beside the config", '{"config":1,"__proto__":{}}', "invalid_request"],
    ["two configs", '{"config":"a","config":"b"}', "invalid_json"],
    ["two configs, one escaped", '{"config":"a","\\u0063onfig":"b"}', "invalid_json"],
    ["two of an option", '{"config":1,"only":["A"],"only":["*"]}', "invalid_json"],
    ["a list", '[{"config":1}]', "invalid_request"],
    ["a text", '"$SECRET/KEY"', "invalid_request"],
    ["null", "null", "invalid_request"],
    ["nothing", "", "invalid_json"],
    ["blanks", " \n", "invalid_json"],
    ["half of it", '{"config":"$SECRET/KEY"', "invalid_json"],
    ["more than it", '{"config":1}{"config":2}', "invalid_json"],
    ["a trailing comma", '{"config":1,}', "invalid_json"],
    ["a comment", '{"config":1}//', "invalid_json"],
    ["single quotes", "{'config':1}", "invalid_json"],
    ["NaN", '{"config":NaN}', "invalid_json"],
    ["a bare control character", '{"config":"\u0001"}', "invalid_json"],
    ["a BOM", '\ufeff{"config":1}', "invalid_json"],
  ])("%s", async ([, body, code]) => {
    const { coffer } = shared;
    const answer = await service.send("POST", RESOLVE, body);
    const problem = expectProblem(answer, 400, code as "invalid_json");
    expect(problem.detail).not.toContain("SECRET");
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { action: "secrets.resolve", outcome: "failed", code },
    ]);
  });

  test("bytes that are not UTF-8, wherever they stand", async () => {
    for (const bytes of [
      [0xff],
      [0xc0, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xe2, 0x82],
    ]) {
      const body = Buffer.concat([
        Buffer.from('{"config":"'),
        Buffer.from(bytes),
        Buffer.from(' $SECRET/KEY"}'),
      ]);
      const answer = await service.send("POST", RESOLVE, body);
      expectProblem(answer, 400, "invalid_encoding");
    }
    const utf16 = Buffer.from('{"config":"$SECRET/KEY"}', "utf16le");
    expectProblem(await service.send("POST", RESOLVE, utf16), 400, "invalid_json");
  });
});

describe("limits", () => {
  const send = (config: string) => service.send("POST", RESOLVE, `{"config":${config}}`);
  const limitOf = (answer: Answer) =>
    expectProblem(answer, 422, "limit_exceeded", ["limit", "max"])["limit"];

  test("a body of exactly 1 MiB is read, and one byte more is not", async () => {
    const frame = '{"config":""}'.length;
    const body = (length: number) => `{"config":"${"x".repeat(length - frame)}"}`;
    expect((await service.send("POST", RESOLVE, body(MIB))).status).toBe(200);
    const answer = await service.send("POST", RESOLVE, body(MIB + 1));
    expectProblem(answer, 413, "body_too_large");
    expect(await eventsOf(shared.coffer, answer)).toMatchObject([
      { action: "secrets.resolve", outcome: "failed", code: "body_too_large" },
    ]);
  });

  test("64 levels are read, and neither 65 nor 100,000 are, nor crash", async () => {
    const nested = (depth: number) => `${"[".repeat(depth)}"$SECRET/KEY"${"]".repeat(depth)}`;
    expect((await send(nested(64))).status).toBe(200);
    expect(limitOf(await send(nested(65)))).toBe("depth");
    expect(limitOf(await send(nested(100_000)))).toBe("depth");
    const objects = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
    expect(limitOf(await send(objects))).toBe("depth");
    expectProblem(await send("[".repeat(500_000)), 400, "invalid_json");
  });

  test("100,000 values are read, and one more is not", async () => {
    const values = (count: number) =>
      `[${Array(count - 1)
        .fill("0")
        .join(",")}]`;
    expect((await send(values(100_000))).status).toBe(200);
    expect(limitOf(await send(values(100_001)))).toBe("nodes");
  });

  test("10,000 references are expanded, all different or all the same, and one more is not", async () => {
    const same = (count: number) => JSON.stringify("$SECRET/KEY ".repeat(count));
    const expanded = await send(same(10_000));
    expect(configOf(expanded)).toBe("sk-123 ".repeat(10_000));
    expect(limitOf(await send(same(10_001)))).toBe("references");
    const different = Array.from(
      { length: 10_000 },
      (_, i) => `{{Secrets.N${String(i)}@${String(i + 1)}:-}}`,
    );
    const answer = await send(JSON.stringify(different));
    expect(configOf(answer)).toEqual(Array(10_000).fill(""));
  });

  test("8 MiB of output are sent, and one byte more is refused before anything is opened", async () => {
    const { admin } = shared;
    await mustCreateSecret(admin, "LARGE", "x".repeat(65_536));
    const most = await send(JSON.stringify("$SECRET/LARGE".repeat(127)));
    expect(configOf(most)).toHaveLength(127 * 65_536);
    for (const count of [128, 10_000]) {
      const answer = await send(JSON.stringify("$SECRET/LARGE".repeat(count)));
      expectProblem(answer, 422, "output_too_large", ["limit", "max"]);
      expect(answer.text).not.toContain("xxx");
    }
    await mustCreateSecret(admin, "SWELLING", "\u0001".repeat(65_536));
    const swollen = await send(JSON.stringify("$SECRET/SWELLING".repeat(30)));
    expectProblem(swollen, 422, "output_too_large", ["limit", "max"]);
  });
});
