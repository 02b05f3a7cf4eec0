import { beforeAll, describe, expect, test } from "vitest";
import {
  asRole,
  asService,
  eventsOf,
  mustCreateEnvironment,
  mustCreateSecret,
  mustCreateService,
  mustHaveService,
  mustMintToken,
  mustRotate,
  recordText,
  shareCoffer,
  type Answer,
  type Client,
} from "../support/coffer";
import { expectProblem } from "../support/problem";

/* What would resolve, without opening anything: for a CI job by its token, or for people by a service that they choose. */

const shared = shareCoffer();
const CHECK = "/api/v1/check";
const VALUE = "value-that-never-leaves";
let ci: Client;
let gateway: string;

beforeAll(async () => {
  const { coffer, admin } = shared;
  for (const name of ["GOOD", "OTHER", "TRASHED", "DB"]) await mustCreateSecret(admin, name, VALUE);
  await admin.delete("/api/v1/secrets/TRASHED");
  await mustRotate(admin, "OTHER", VALUE);
  await admin.delete("/api/v1/secrets/OTHER/versions/1");
  ci = await mustHaveService(coffer, admin, ["*"], { actions: ["check"], versions: "any" });
  gateway = (await mustCreateService(admin, "gateway", ["GOOD", "NONE"])).id;
});

const CONFIG = {
  good: ["$SECRET/GOOD", "again {{ secrets.good }}"],
  missing: "$SECRET/NONE",
  fallback: "{{Secrets.NONE:-secret-default}}",
  trashed: "<<Secrets.TRASHED>>",
  destroyed: "{{Secrets.OTHER@1}}",
  noVersion: "{{Secrets.OTHER@9}}",
  member: "{{Secrets.DB.password}}",
  manager: "$secret://vault/1/a/b",
  malformed: "{{Secrets.my-key}}",
};

/** What the answer says of each reference, by where it stands. */
function statuses(answer: Answer): Record<string, string> {
  expect(answer.status, answer.text).toBe(200);
  expect(answer.text).not.toMatch(/value-that|secret-default/);
  const references = answer.json?.["references"] as { status: string; paths: string[] }[];
  return Object.fromEntries(
    references.flatMap(({ status, paths }) => paths.map((p) => [p, status])),
  );
}

const warningsOf = (answer: Answer) =>
  answer.json?.["warnings"] as { text: string; message: string; path: string }[];

describe("a check", () => {
  test("says of each reference what would become of it, where, and no value", async () => {
    const answer = await ci.post(CHECK, { config: CONFIG });
    expect(statuses(answer)).toEqual({
      ...{ "/good/0": "ok", "/good/1": "ok", "/missing": "missing", "/fallback": "ok" },
      ...{ "/trashed": "trashed", "/destroyed": "destroyed", "/noVersion": "no_such_version" },
      ...{ "/member": "ok", "/manager": "unsupported", "/malformed": "malformed" },
    });
    expect(answer.json).toMatchObject({ ok: false, warnings: [] });
    const references = answer.json?.["references"] as Record<string, unknown>[];
    for (const each of references) {
      expect(Object.keys(each).sort()).toEqual(["message", "name", "paths", "reference", "status"]);
    }
    expect(references[0]).toEqual({
      ...{ reference: "$SECRET/GOOD", name: "GOOD", status: "ok", message: null },
      paths: ["/good/0"],
    });
    expect(references[3]).toMatchObject({
      ...{ reference: "{{Secrets.NONE}}", status: "ok" },
      message: "Nothing of that name exists, so its default is used.",
    });
    expect(await eventsOf(shared.coffer, answer)).toMatchObject([
      { action: "secrets.check", outcome: "ok", code: "unresolved", actorKind: "service" },
    ]);
    expect(await recordText(shared.coffer)).not.toMatch(/value-that|secret-default/);
  });

  test("is ok when every reference is, as onMissing says", async () => {
    const check = async (config: unknown, more = {}) =>
      (await ci.post(CHECK, { config, ...more })).json;
    expect(await check("$SECRET/GOOD")).toMatchObject({ ok: true });
    expect(await check({ no: ["references", 1, null] })).toEqual({
      ...{ ok: true, references: [], warnings: [] },
    });
    expect(await check("$SECRET/NONE")).toMatchObject({ ok: false });
    expect(await check("$SECRET/NONE", { onMissing: "keep" })).toMatchObject({ ok: true });
    expect(await check("$SECRET/NONE", { onMissing: "empty" })).toMatchObject({ ok: true });
  });

  test("can answer by its status, for a job that fails by it", async () => {
    const fail = (how: string, config: unknown) => ci.post(`${CHECK}?fail=${how}`, { config });
    expect((await fail("errors", "$SECRET/GOOD")).status).toBe(200);
    const refused = await fail("errors", CONFIG);
    const { failures } = expectProblem(refused, 422, "unresolved", ["failures"]);
    expect(failures?.map(({ reason }) => reason).sort()).toEqual([
      ...["destroyed", "malformed", "missing", "no_such_version", "trashed", "unsupported"],
    ]);
    expect((await fail("errors", "$SECRTE/GOOD")).status).toBe(200);
    const warned = await fail("warnings", "$SECRTE/GOOD");
    expectProblem(warned, 422, "unresolved", ["warnings"]);
    expectProblem(await fail("always", "x"), 400, "invalid_request");
  });

  test("opens nothing, so a value that can't be opened is not told from one that can", async () => {
    const { admin } = shared;
    await mustCreateSecret(admin, "DB_JSON", '{"password":"x"}');
    const answer = await ci.post(CHECK, { config: ["{{Secrets.DB_JSON.none}}"] });
    expect(statuses(answer)).toEqual({ "/0": "ok" });
  });

  test("takes a config that resolve would take, and refuses what resolve refuses", async () => {
    const only = await ci.post(CHECK, { config: ["$SECRET/GOOD", "$SECRET/OTHER"], only: ["G*"] });
    expect(statuses(only)).toEqual({ "/0": "ok", "/1": "denied" });
    const paths = await ci.post(CHECK, { config: ["$SECRET/NONE", "$SECRET/NO"], paths: ["/1"] });
    expect(statuses(paths)).toEqual({ "/1": "missing" });
    expectProblem(await ci.send("POST", CHECK, "{}"), 400, "invalid_request");
    expectProblem(await ci.send("POST", CHECK, ""), 400, "invalid_json");
    const twice = '{"config":"A","config":"B"}';
    expectProblem(await ci.send("POST", CHECK, twice), 400, "invalid_json");
    const both = await ci.post(`${CHECK}?only=GOOD`, { config: "x", only: ["*"] });
    expectProblem(both, 400, "invalid_request");
    const deep = `{"config":${"[".repeat(65)}${"]".repeat(65)}}`;
    expectProblem(await ci.send("POST", CHECK, deep), 422, "limit_exceeded", ["limit", "max"]);
  });
});

describe("what was probably meant is a warning:", () => {
  test.each([
    ["$SECRTE/GOOD", "$SECRET/GOOD was probably meant"],
    ["$secret/GOOD", "$SECRET/GOOD was probably meant"],
    ["$SECRETS/GOOD", "$SECRET/GOOD was probably meant"],
    ["{{Secret.GOOD}}", "{{Secrets.GOOD}} was probably meant"],
    ["{{ Secerts.GOOD }}", "{{Secrets.GOOD}} was probably meant"],
    ["{{Secrets .GOOD}}", "{{Secrets.GOOD}} was probably meant"],
    ["<<Secret.GOOD>>", "<<Secrets.GOOD>> was probably meant"],
    ["{Secrets.GOOD}", "{{Secrets.GOOD}} or <<Secrets.GOOD>> was probably meant"],
    ["[[Secrets.GOOD]]", "{{Secrets.GOOD}} or <<Secrets.GOOD>> was probably meant"],
    ["$env/HOME", "$ENV/HOME was probably meant"],
    ["path $ENV/HOME", "this form is a reference only where it is the whole text"],
    ["see $secret://vault/1/a", "this form is a reference only where it is the whole text"],
    ["$Secret://vault/1/a", "$secret://… or $SECRET/vault was probably meant"],
    ["$SECRET/GOOD/b", "the name ends at the second /"],
  ])("%s", async (text, message) => {
    const answer = await ci.post(CHECK, { config: { a: ["x", text] } });
    const [warning, ...more] = warningsOf(answer);
    expect(more).toEqual([]);
    expect(warning?.message).toContain(message);
    expect(warning?.path).toBe("/a/1");
    expect(answer.json).toMatchObject({ ok: true });
  });

  test("a reference in a key, which is never expanded", async () => {
    const answer = await ci.post(CHECK, {
      config: { "$SECRET/GOOD": { "{{Secrets.X:-d3f}}": 1 } },
    });
    expect(warningsOf(answer)).toEqual([
      ...["$SECRET/GOOD", "{{Secrets.X}}"].map((text, depth) => ({
        text,
        message: "Keys are never expanded: this stays as it is.",
        path: ["/$SECRET~1GOOD", "/$SECRET~1GOOD/{{Secrets.X:-d3f}}"][depth],
      })),
    ]);
  });

  test.each([
    ...["$SECRET/GOOD", "{{Secrets.GOOD}}", "\\$SECRET/GOOD", "${{ secrets.X }}", "${secrets.X}"],
    ...["{{ .Values.x }}", "{{other}}", "$PATH/bin", "$HOME", "<<: *a", "{{security.level}}"],
    ...["{{section.title}}", "$ENV/HOME", "secrets.X", "{secretary.name}", "<section.x>"],
  ])("and %s is none", async (text) => {
    const answer = await ci.post(CHECK, { config: text, onMissing: "keep" });
    expect(warningsOf(answer)).toEqual([]);
  });

  test("and never what a default says", async () => {
    const config =
      "{{Secrets.GOOD:-$secret/hunter2}} $secret/SHOWN {{Secrets.GOOD:-$secret/hunter3}}";
    const answer = await ci.post(CHECK, { config });
    expect(warningsOf(answer).map(({ text }) => text)).toEqual(["$secret/SHOWN"]);
    expect(answer.text).not.toContain("hunter");
  });

  test("and a flood of them is cut short, and counted", async () => {
    const answer = await ci.post(CHECK, { config: "$SECRTE/GOOD ".repeat(5_000) });
    expect(warningsOf(answer)).toHaveLength(101);
    expect(warningsOf(answer)[100]?.message).toBe("There are 4,900 more like these.");
  });
});

describe("by whose rules", () => {
  test("a service: its own, those for check", async () => {
    const { coffer, admin } = shared;
    const narrow = await mustHaveService(
      coffer,
      admin,
      [],
      {},
      {
        rules: [
          { actions: ["resolve"], names: ["OTHER"] },
          { actions: ["check"], names: ["GOOD"] },
        ],
      },
    );
    const config = ["$SECRET/GOOD", "$SECRET/OTHER", "{{Secrets.GOOD@1}}"];
    expect(statuses(await narrow.post(CHECK, { config }))).toEqual({
      ...{ "/0": "ok", "/1": "denied", "/2": "denied" },
    });
    expectProblem(await narrow.post(`${CHECK}?service=${gateway}`, { config }), 403, "forbidden");
    const { items } = (await narrow.get(`${CHECK}/services`)).json as { items: unknown[] };
    expect(items).toHaveLength(1);
  });

  test.each(["admin", "editor"] as const)(
    "an %s: those of a service, for resolve",
    async (role) => {
      const person = await asRole(shared.coffer, role);
      const config = ["$SECRET/GOOD", "$SECRET/OTHER", "$SECRET/NONE"];
      const answer = await person.post(`${CHECK}?service=${gateway}`, { config });
      expect(statuses(answer)).toEqual({ "/0": "ok", "/1": "denied", "/2": "missing" });
      expect(await eventsOf(shared.coffer, answer)).toMatchObject([
        { actorKind: "user", action: "secrets.check", target: "gateway", environment: "default" },
      ]);
      expectProblem(await person.post(CHECK, { config }), 400, "invalid_request");
      const nowhere = `${CHECK}?service=00000000-0000-0000-0000-000000000000`;
      expectProblem(await person.post(nowhere, { config }), 404, "not_found");
      const listed = await person.get(`${CHECK}/services`);
      expect(listed.json?.["items"]).toContainEqual({ id: gateway, name: "gateway" });
    },
  );

  test("nobody's, where the service is disabled; and a refusal is on record with whose it was", async () => {
    const { coffer, admin } = shared;
    const { id } = await mustCreateService(admin, "off", ["*"]);
    const path = `${CHECK}?service=${id}&fail=errors`;
    const failing = await admin.post(path, { config: "$SECRET/NONE" });
    expectProblem(failing, 422, "unresolved", ["failures"]);
    expect(await eventsOf(coffer, failing)).toMatchObject([
      { action: "secrets.check", target: "off", environment: "default", code: "unresolved" },
    ]);
    await admin.patch(`/api/v1/services/${id}`, { disabled: true });
    expectProblem(await admin.post(path, { config: "x" }), 403, "forbidden");
    const listed = await admin.get(`${CHECK}/services`);
    expect(JSON.stringify(listed.json)).not.toContain(id);
  });

  test("a person's, from the database as it is now, though a service has just resolved", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "TURNING", VALUE);
    const { id } = await mustCreateService(admin, "turning", ["TURNING"]);
    const service = asService(coffer, (await mustMintToken(admin, id)).token);
    expect((await service.resolve("$SECRET/TURNING")).status).toBe(200);
    const check = () => admin.post(`${CHECK}?service=${id}`, { config: "$SECRET/TURNING" });
    expect(statuses(await check())).toEqual({ "": "ok" });
    await admin.delete("/api/v1/secrets/TURNING");
    expect(statuses(await check())).toEqual({ "": "trashed" });
  });

  test("of another environment than default, its own secrets", async () => {
    const { coffer, admin } = shared;
    await mustCreateEnvironment(coffer, "check-elsewhere");
    const { id } = await mustCreateService(
      admin,
      "far",
      ["*"],
      {},
      {
        environment: "check-elsewhere",
      },
    );
    const answer = await admin.post(`${CHECK}?service=${id}`, { config: "$SECRET/GOOD" });
    expect(statuses(answer)).toEqual({ "": "missing" });
  });
});
