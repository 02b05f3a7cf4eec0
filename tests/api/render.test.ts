import { beforeAll, describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import {
  eventsOf,
  mustCreateSecret,
  mustHaveService,
  mustRotate,
  recordText,
  shareCoffer,
  type Client,
} from "../support/coffer";
import { expectProblem } from "../support/problem";

/* Documents: expanded in the format that they are written in, or refused with the places of all that is wrong. */

const shared = shareCoffer();
const RENDER = "/api/v1/render";
const EVIL = "a\"b'c`d\n# e: {{Secrets.KEY}} $SECRET/KEY\\\t\u0007é😀";
const MIB = 1_048_576;
let service: Client;

beforeAll(async () => {
  const { coffer, admin } = shared;
  await mustCreateSecret(admin, "KEY", "sk-123");
  await mustCreateSecret(admin, "EVIL", EVIL);
  await mustCreateSecret(admin, "QUOTES", "'\"`\n");
  await mustCreateSecret(admin, "LARGE", "x".repeat(60_000));
  const rule = { actions: ["resolve", "check"] as never, versions: "any" as const };
  service = await mustHaveService(coffer, admin, ["KEY", "EVIL", "QUOTES", "LARGE", "NONE"], rule);
});

const TYPES = {
  json: "application/json",
  yaml: "application/yaml",
  toml: "application/toml",
  dotenv: "text/x-dotenv",
  properties: "text/x-java-properties",
};
type Kind = keyof typeof TYPES;

const render = (kind: Kind, document: BodyInit, query = "") =>
  service.send("POST", RENDER + query, document, { "content-type": TYPES[kind] });
const plain = (document: string, query = "?encoding=none") =>
  service.send("POST", RENDER + query, document, { "content-type": "text/plain" });

describe("a document comes back in its own format", () => {
  test.each<[Kind, string, string]>([
    ["json", '{ "a" : "$SECRET/KEY", "n": 1.0 }\n', '{ "a" : "sk-123", "n": 1.0 }\n'],
    ["yaml", "a: $SECRET/KEY # why\nb: [1, '2']\n", "a: sk-123 # why\nb: [1, '2']\n"],
    ["toml", 'a = "$SECRET/KEY" # why\nb = 1979-05-27\n', 'a = "sk-123" # why\nb = 1979-05-27\n'],
    ["dotenv", "# why\nexport A=$SECRET/KEY\n", "# why\nexport A=sk-123\n"],
    ["properties", "! why\na.b : $SECRET/KEY\n", "! why\na.b : sk-123\n"],
  ])("%s", async (kind, document, expected) => {
    const answer = await render(kind, document);
    expect(answer.text).toBe(expected);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe(`${TYPES[kind]}; charset=utf-8`);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("etag")).toBeNull();
    expect(answer.headers.get("x-coffer-tag")).toMatch(/^[\w-]{43}$/);
    expect(await eventsOf(shared.coffer, answer)).toMatchObject([
      { action: "secrets.render", outcome: "ok", names: [["KEY", 1]], environment: "default" },
    ]);
  });

  test("with a value encoded for its place, whatever characters it has", async () => {
    const yaml = await render(
      "yaml",
      "a: $SECRET/EVIL\nb: 'x{{Secrets.EVIL}}'\nc: |\n  <<Secrets.EVIL>>\n",
    );
    expect(parseYaml(yaml.text)).toEqual({ a: EVIL, b: `x${EVIL}`, c: `${EVIL}\n` });
    const json = await render("json", '["$SECRET/EVIL"]');
    expect(JSON.parse(json.text)).toEqual([EVIL]);
  });

  test("of plain text as it is, but only where that is asked for", async () => {
    const answer = await plain("a 'b' {{Secrets.EVIL}}\nc");
    expect(answer.text).toBe(`a 'b' ${EVIL}\nc`);
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(expectProblem(await plain("$SECRET/KEY", ""), 400, "invalid_request").detail).toContain(
      "encoding=none",
    );
    expectProblem(await render("json", "[]", "?encoding=none"), 400, "invalid_request");
    expectProblem(await plain("x", "?encoding=html"), 400, "invalid_request");
  });

  test("large or small, in a thread of its own or not", async () => {
    const document = `a: $SECRET/KEY\n${"b: [1, 2, 3] # comment\n".replaceAll("b", "b").repeat(1)}`;
    const rows = Array.from({ length: 20_000 }, (_, n) => `k${String(n)}: v${String(n)} # c\n`);
    const answer = await render("yaml", document + rows.join(""));
    expect(answer.text).toBe(document.replace("$SECRET/KEY", "sk-123") + rows.join(""));
  });
});

describe("a document is refused whole, with every place by line and column:", () => {
  test.each<[Kind, string, string[][]]>([
    [
      "yaml",
      "# c\na: $SECRET/NONE\nb:\n  - '{{Secrets.my-key}}'\n",
      [
        ["missing", "2:4"],
        ["malformed", "4:6"],
      ],
    ],
    ["toml", '[t]\na = "$SECRET/NONE"\n', [["missing", "2:6"]]],
    ["dotenv", "A=1\nB='$SECRET/DENIED'\n", [["denied", "2:4"]]],
    ["properties", "a=$SECRET/NONE\n", [["missing", "1:3"]]],
    ["json", '{"a":["$SECRET/NONE"]}', [["missing", "/a/0"]]],
  ])("%s", async (kind, document, expected) => {
    const answer = await render(kind, document);
    const { failures } = expectProblem(answer, 422, "unresolved", ["failures"]);
    expect(failures?.map(({ reason, paths }) => [reason, ...paths.slice(0, 1)])).toEqual(expected);
  });

  test("a value that has no encoding in its place", async () => {
    const answer = await render("dotenv", "A=$SECRET/KEY\nB=$SECRET/QUOTES\n");
    const { failures } = expectProblem(answer, 422, "unresolved", ["failures"]);
    expect(failures).toMatchObject([{ name: "QUOTES", reason: "unencodable", paths: ["2:3"] }]);
    expect(answer.text).not.toContain("sk-123");
  });

  test.each<[Kind, string]>([
    ["yaml", "a: 1\nb: {{Secrets.KEY}}\n"],
    ["yaml", "a: 1\nb: {{Secrets.KEY:-sec-def}}-{{Secrets.KEY}}\n"],
    ["toml", "a = 1\nb = $SECRET/KEY\n"],
  ])("a reference without the quotes that it needs: %s", async (kind, document) => {
    const answer = await render(kind, document);
    const { failures } = expectProblem(answer, 422, "unresolved", ["failures"]);
    expect(failures?.[0]).toMatchObject({ reason: "unquoted_reference" });
    expect(failures?.[0]?.paths[0]).toMatch(/^2:/);
    expect(failures?.[0]?.message).toContain("quotes");
    expect(answer.text).not.toContain("sec-def");
  });

  test.each<[Kind, string]>([
    ["json", '{"a": sk-not-json}'],
    ["yaml", "a: [sk-not\nb: }"],
    ["toml", "sk-not-toml"],
    ["dotenv", "sk not dotenv"],
  ])("what is none of its format, without a word of it: %s", async (kind, document) => {
    const answer = await render(kind, document);
    if (kind === "json") expectProblem(answer, 400, "invalid_json");
    else expectProblem(answer, 400, "invalid_document", ["format", "place"]);
    expect(answer.text).not.toContain("sk-not");
    expect(await recordText(shared.coffer)).not.toContain("sk-not");
  });
});

describe("an answer that has not changed", () => {
  test("is 204 with its tag, carries no value, and is checked and on record", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "TURNS", "one");
    const client = await mustHaveService(coffer, admin, ["TURNS"]);
    const ask = (tag = "", type = "application/yaml", body = "a: $SECRET/TURNS\n") =>
      client.send("POST", `${RENDER}${tag && `?ifChangedFrom=${tag}`}`, body, {
        "content-type": type,
      });
    const first = await ask();
    const tag = first.headers.get("x-coffer-tag") ?? "";
    const second = await ask(tag);
    expect([second.status, second.text]).toEqual([204, ""]);
    expect(second.headers.get("x-coffer-tag")).toBe(tag);
    expect(await eventsOf(coffer, second)).toMatchObject([{ outcome: "ok", code: "unchanged" }]);
    // Another text, another format, or another version is another answer.
    expect((await ask(tag, undefined, "b: $SECRET/TURNS\n")).status).toBe(200);
    expect((await ask(tag, "text/x-java-properties")).status).toBe(200);
    await mustRotate(admin, "TURNS", "two");
    expect((await ask(tag)).text).toBe("a: two\n");
  });
});

describe("what a request may be:", () => {
  test("`only` narrows the rules, as a list or one by one", async () => {
    const both = "a: $SECRET/KEY\nb: $SECRET/EVIL\n";
    expect((await render("yaml", both, "?only=KEY,EV*")).status).toBe(200);
    expect((await render("yaml", both, "?only=KEY&only=EVIL")).status).toBe(200);
    expectProblem(await render("yaml", both, "?only=KEY"), 422, "unresolved", ["failures"]);
    expectProblem(await render("yaml", both, "?only=K?"), 400, "invalid_request");
    expectProblem(await render("yaml", both, "?names=KEY"), 400, "invalid_request");
  });

  test("`paths` are for JSON", async () => {
    const answer = await render("json", '{"a":"$SECRET/KEY","b":"$SECRET/KEY"}', "?paths=/a");
    expect(answer.json).toEqual({ a: "sk-123", b: "$SECRET/KEY" });
    expectProblem(await render("yaml", "a: $SECRET/KEY", "?paths=/a"), 400, "invalid_request");
  });

  test("onMissing is as for resolve", async () => {
    const document = "a: $SECRET/NONE\nb: '{{Secrets.NONE:-d}}'\n";
    expect((await render("yaml", document, "?onMissing=keep")).text).toBe(
      "a: $SECRET/NONE\nb: 'd'\n",
    );
    expect(parseYaml((await render("yaml", document, "?onMissing=empty")).text)).toEqual({
      a: "",
      b: "d",
    });
  });

  test.each([
    ["no type", ""],
    ["another type", "text/html"],
    ["another charset", "application/yaml; charset=utf-16"],
    ["two types", "application/yaml, text/plain"],
  ])("not %s", async (_, type) => {
    const answer = await service.send("POST", RENDER, new TextEncoder().encode("a: 1"), {
      "content-type": type,
    });
    const { detail } = expectProblem(answer, 415, "unsupported_media_type");
    expect(detail).toContain("application/yaml");
  });

  test("a charset that is UTF-8, and nothing that is not", async () => {
    const type = { "content-type": 'application/yaml; charset="UTF-8"' };
    expect((await service.send("POST", RENDER, "a: é\n", type)).text).toBe("a: é\n");
    const latin = new Uint8Array([0x61, 0x3a, 0x20, 0xe9]);
    expectProblem(await render("yaml", latin), 400, "invalid_encoding");
  });

  test("not an empty one, which is a file that was not found", async () => {
    for (const kind of ["yaml", "toml", "dotenv", "properties"] as const) {
      expectProblem(await render(kind, ""), 400, "invalid_request");
      expectProblem(await render(kind, new Uint8Array()), 400, "invalid_request");
    }
    expectProblem(await plain(""), 400, "invalid_request");
  });

  test("not larger than 1 MiB, and no output over 8 MiB, before anything is opened", async () => {
    expectProblem(await render("yaml", `a: ${"x".repeat(MIB)}`), 413, "body_too_large");
    const many = "- $SECRET/LARGE\n".repeat(200);
    const answer = await render("yaml", many);
    expectProblem(answer, 422, "output_too_large", ["limit", "max"]);
  });

  test("nor by members, whose size is known only once they are open", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "MEMBERS", JSON.stringify({ m: "x".repeat(60_000) }));
    const client = await mustHaveService(coffer, admin, ["MEMBERS"]);
    const document = "- '{{Secrets.MEMBERS.m}}'\n".repeat(3_000);
    const answer = await client.send("POST", RENDER, document, {
      "content-type": "application/yaml",
    });
    expectProblem(answer, 422, "output_too_large", ["limit", "max"]);
  });

  test("not nested too deeply", async () => {
    for (const depth of [65, 100_000]) {
      const document = `${"[".repeat(depth)}${"]".repeat(depth)}`;
      for (const kind of ["json", "yaml"] as const) {
        expectProblem(await render(kind, document), 422, "limit_exceeded", ["limit", "max"]);
      }
    }
  });
});

describe("check takes documents too", () => {
  test("and says what would become of each reference, by line and column", async () => {
    const document = "a: $SECRET/KEY\nb: '{{Secrets.NONE}}'\nc: $SECRTE/KEY\n$SECRET/KEY: d\n";
    const type = { "content-type": "application/yaml" };
    const answer = await service.send("POST", "/api/v1/check", document, type);
    expect(answer.json).toMatchObject({
      ok: false,
      references: [
        { reference: "$SECRET/KEY", status: "ok", paths: ["1:4"] },
        { reference: "{{Secrets.NONE}}", status: "missing", paths: ["2:5"] },
      ],
      warnings: [
        { text: "$SECRTE/KEY", path: "3:4" },
        { text: "$SECRET/KEY", path: "4:1" },
      ],
    });
    const failing = await service.send("POST", "/api/v1/check?fail=errors", document, type);
    expectProblem(failing, 422, "unresolved", ["failures"]);
    const fine = await service.send("POST", "/api/v1/check?fail=errors", "a: $SECRET/KEY", type);
    expect(fine.status).toBe(200);
    const text = { "content-type": "text/plain" };
    expect((await service.send("POST", "/api/v1/check", "$SECRET/KEY", text)).status).toBe(200);
  });
});
