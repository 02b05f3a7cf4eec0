import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import {
  mustCreateSecret,
  mustHaveService,
  mustRotate,
  shareCoffer,
  type Client,
} from "../support/coffer";

/* The examples of "What a reference comes to" in GRAMMAR.md, asked of a Coffer that has what is said there. */

const GRAMMAR = readFileSync(new URL("../../lib/reference/GRAMMAR.md", import.meta.url), "utf8");
const examples = (/^```outcomes\n(.*?)^```/ms.exec(GRAMMAR)?.[1] ?? "")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => /^(.*?) +=>(?: {2}(.*))?$/.exec(line) ?? [line]);

const DB =
  '{"user": "root", "port": 5432, "id": 12345678901234567890, "none": "", "no": null, "hosts": ["a", "b"]}';
const VARIABLES = ["HOME", "JSON", "EMPTY", "NOT_SET"];
/** What a check can't say, because it opens nothing. */
const ONLY_WHEN_OPEN = ["not_json", "no_such_member"];

const shared = shareCoffer({
  env: { COFFER_ENV_ALLOW: VARIABLES.join(","), HOME: "/root", JSON: '{"a": "b"}', EMPTY: "" },
});
let service: Client;

beforeAll(async () => {
  const { coffer, admin } = shared;
  const expiresAt = new Date(coffer.clock.now().getTime() + 1_000).toISOString();
  await mustCreateSecret(admin, "KEY", "sk-123");
  await mustCreateSecret(admin, "DB", DB);
  await mustCreateSecret(admin, "ROTATED", "first");
  for (const value of ["old", "new"]) await mustRotate(admin, "ROTATED", value);
  await admin.delete("/api/v1/secrets/ROTATED/versions/1");
  for (const name of ["BIN", "OTHER"]) await mustCreateSecret(admin, name, "v");
  await admin.delete("/api/v1/secrets/BIN");
  await mustCreateSecret(admin, "LATE", "v", { expiresAt });
  coffer.clock.advance(1_000);
  await mustCreateSecret(admin, "TWICE", '{"a":1,"a":2}');
  const names = ["KEY", "DB", "ROTATED", "BIN", "LATE", "TWICE", "NONE"];
  const rule = { actions: ["resolve", "check"], versions: "any", env: VARIABLES };
  service = await mustHaveService(coffer, admin, names, rule as never);
});

describe("every outcome in GRAMMAR.md is true", () => {
  test("of which there are many, with the values that it names", () => {
    expect(examples.length).toBeGreaterThan(30);
    expect(GRAMMAR).toContain(DB);
  });

  test.each(examples)("%s", async (_line, config = "", expected = "") => {
    const answer = await service.resolve(config);
    const failures = answer.json?.["failures"] as { reason: string }[] | undefined;
    const reasons = failures?.map(({ reason }) => reason).join(", ");
    expect(reasons ?? answer.json?.["config"]).toBe(expected);

    const { references } = (await service.post("/api/v1/check", { config })).json as {
      references: { status: string }[];
    };
    const checked = references.map(({ status }) => status).filter((status) => status !== "ok");
    const canSay = failures !== undefined && !ONLY_WHEN_OPEN.includes(expected);
    expect(checked).toEqual(canSay ? [expected] : []);
  });
});
