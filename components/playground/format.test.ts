import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { guessFormat } from "./format";

const fixture = (name: string) => readFileSync(`tests/fixtures/configs/${name}`, "utf8");

describe("the guess at a config's format", () => {
  test.each([
    ["tyk-llm.json", "json"],
    ["api7-route.json", "json"],
    ["apistore-endpoint.json", "json"],
    ["docker-compose.yaml", "yaml"],
    ["app.env", "dotenv"],
  ])("of %s is %s", (name, format) => {
    expect(guessFormat(fixture(name))).toBe(format);
  });

  test.each([
    ['{"a": ', "json"],
    ['[\n  {"a": 1}\n]', "json"],
    ["[[1, 2], [3]]", "json"],
    ['"$SECRET/A"', "json"],
    ["---\nkey: value\n", "yaml"],
    ["- $SECRET/A\n- b\n", "yaml"],
    ["url: https://example.com/?a=b\n", "yaml"],
    ['title = "x"\n\n[servers.alpha]\nip = "10.0.0.1"\n', "toml"],
    ['[[products]]\nname = "a"\n', "toml"],
    ['name = "a"\nport = 80\n', "toml"],
    ["# c\nexport A=$SECRET/A\nB='x'\n", "dotenv"],
    ["! c\ndb.url=jdbc:x\ndb.password=$SECRET/DB\n", "properties"],
    ["db.url = jdbc:x\n", "properties"],
    ["Bearer $SECRET/KEY", "text"],
    ["{{Secrets.A}}", "text"],
    ["", "text"],
  ])("of %j is %s", (text, format) => {
    expect(guessFormat(text)).toBe(format);
  });

  test("looks at the start of a long text only", () => {
    expect(guessFormat(`{"a": "${"x".repeat(2_000_000)}`)).toBe("json");
    expect(guessFormat(`${"x".repeat(2_000_000)}\na: b`)).toBe("text");
  });
});
