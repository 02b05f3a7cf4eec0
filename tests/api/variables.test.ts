import { describe, expect, test } from "vitest";
import type { Rule } from "../../lib/shapes";
import {
  asAdmin,
  eventsOf,
  mustCreateSecret,
  mustHaveService,
  startCoffer,
  temporaryHome,
  type Answer,
  type Client,
  type Coffer,
} from "../support/coffer";
import { expectProblem } from "../support/problem";

/* `$ENV` reads a variable of the server's environment that COFFER_ENV_ALLOW and the caller's rule both name. */

const ENV = {
  COFFER_ENV_ALLOW: "VAULT_TOKEN,X_TOKEN,X_TOKEN_FILE,SUB_VAR,EMPTY,UNSET",
  ...{ VAULT_TOKEN: "hvs.123", X_TOKEN: "direct", X_TOKEN_FILE: "/from/file", EMPTY: "" },
  ...{ SUB_VAR: '{"main":"main_value","n":1.0,"a/b":"deep"}', NOT_ALLOWED: "never" },
};
const ALL = ["VAULT_TOKEN", "X_TOKEN", "X_TOKEN_FILE", "SUB_VAR", "EMPTY", "UNSET", "NOT_ALLOWED"];

const configOf = (answer: Answer): unknown => {
  expect(answer.status, answer.text).toBe(200);
  return answer.json?.["config"];
};
const reasonsOf = (answer: Answer) =>
  expectProblem(answer, 422, "unresolved", ["failures"]).failures?.map(({ reason }) => reason);

async function start(rule: Partial<Rule> = { env: ALL }, home = temporaryHome()) {
  const coffer = await startCoffer({ env: ENV, home });
  const admin = await asAdmin(coffer);
  return { coffer, admin, service: await mustHaveService(coffer, admin, [], rule) };
}

describe("a variable that both name", () => {
  let coffer: Coffer;
  let service: Client;
  test("is read in Tyk's and in APISIX's spelling, whole or one member of it", async () => {
    ({ coffer, service } = await start());
    const answer = await service.resolve({
      ...{ tyk: "$ENV/VAULT_TOKEN", apisix: "$env://VAULT_TOKEN", upper: "$ENV://X_TOKEN/" },
      ...{ file: "$ENV/X_TOKEN_FILE", member: "$ENV://SUB_VAR/main", number: "$env://SUB_VAR/n" },
      ...{ slash: "$env://SUB_VAR/a/b", empty: "$ENV/EMPTY", literal: "x $ENV/VAULT_TOKEN" },
    });
    expect(configOf(answer)).toEqual({
      ...{ tyk: "hvs.123", apisix: "hvs.123", upper: "direct", file: "/from/file" },
      ...{ member: "main_value", number: "1.0", slash: "deep", empty: "" },
      literal: "x $ENV/VAULT_TOKEN",
    });
    expect((answer.json?.["references"] as unknown[]).slice(0, 2)).toEqual([
      { reference: "$ENV/VAULT_TOKEN", name: "VAULT_TOKEN", version: null, paths: ["/tyk"] },
      { reference: "$ENV://VAULT_TOKEN", name: "VAULT_TOKEN", version: null, paths: ["/apisix"] },
    ]);
    const [event] = await eventsOf(coffer, answer);
    expect(event).toMatchObject({ action: "secrets.resolve", outcome: "ok" });
    expect(event?.names).toEqual([
      ...["VAULT_TOKEN", "X_TOKEN", "X_TOKEN_FILE", "SUB_VAR", "EMPTY"].map((name) => [
        ...[`$ENV/${name}`, 0],
      ]),
    ]);
  });

  test("and has no such member, no members, or no value, fails", async () => {
    const { service } = await start();
    const absent = await service.resolve(["$ENV/UNSET", "$ENV://vault_token"]);
    expect(reasonsOf(absent)).toEqual(["missing", "denied"]);
    const members = await service.resolve(["$ENV://SUB_VAR/none", "$ENV://VAULT_TOKEN/a"]);
    expect(reasonsOf(members)).toEqual(["no_such_member", "not_json"]);
    expect(members.text).not.toMatch(/hvs|main_value/);
    expect(configOf(await service.resolve("$ENV/UNSET", { onMissing: "keep" }))).toBe("$ENV/UNSET");
    expect(configOf(await service.resolve("$ENV/UNSET", { onMissing: "empty" }))).toBe("");
  });
});

describe("a variable is denied, whether it is set or not,", () => {
  const config = ["$ENV/VAULT_TOKEN", "$ENV/UNSET"];
  const denied = ["denied", "denied"];

  test("where no rule names it", async () => {
    const { service } = await start({ names: ["*"], env: [] });
    expect(reasonsOf(await service.resolve(config))).toEqual(denied);
    const { service: other } = await start({ names: ["*"], env: ["vault_token", "VAULT"] });
    expect(reasonsOf(await other.resolve(config))).toEqual(denied);
  });

  test("where the rule that names it is for something else", async () => {
    const { coffer, admin } = await start();
    const rules = [
      { actions: ["list", "check", "write"], names: ["*"], env: ALL },
      { actions: ["resolve"], names: ["*"] },
    ];
    const service = await mustHaveService(coffer, admin, [], {}, { rules });
    expect(reasonsOf(await service.resolve(config))).toEqual(denied);
  });

  test("where COFFER_ENV_ALLOW does not, also in the words of the refusal", async () => {
    const { coffer, service } = await start();
    const answer = await service.resolve(["$ENV/NOT_ALLOWED", "$ENV/HOME", "$ENV/NEVER_SET"], {
      onMissing: "keep",
    });
    expect(reasonsOf(answer)).toEqual([...denied, "denied"]);
    const [first, , third] = expectProblem(answer, 422, "unresolved", ["failures"]).failures ?? [];
    expect(first?.message).toBe(third?.message);
    expect(await eventsOf(coffer, answer)).toMatchObject([
      {
        outcome: "denied",
        names: [
          ["$ENV/NOT_ALLOWED", 0],
          ["$ENV/HOME", 0],
          ["$ENV/NEVER_SET", 0],
        ],
      },
    ]);
  });

  test("where `only` does not cover it", async () => {
    const { service } = await start();
    const only = (patterns: string[]) => service.resolve("$ENV/VAULT_TOKEN", { only: patterns });
    expect(reasonsOf(await only(["X_*"]))).toEqual(["denied"]);
    expect(configOf(await only(["vault_*"]))).toBe("hvs.123");
  });

  test("where nothing is allowed at all", async () => {
    const coffer = await startCoffer({ env: { VAULT_TOKEN: "hvs.123" } });
    const service = await mustHaveService(coffer, await asAdmin(coffer), [], { env: ALL });
    expect(reasonsOf(await service.resolve(config))).toEqual(denied);
  });
});

describe("a variable's value", () => {
  test("that looks like a reference is put in as it is", async () => {
    const coffer = await startCoffer({
      env: { COFFER_ENV_ALLOW: "TRICK", TRICK: "$SECRET/A {{Secrets.A}} $&" },
    });
    const admin = await asAdmin(coffer);
    await mustCreateSecret(admin, "A", "value-of-a");
    const service = await mustHaveService(coffer, admin, ["*"], { env: ["TRICK"] });
    expect(configOf(await service.resolve("$ENV/TRICK"))).toBe("$SECRET/A {{Secrets.A}} $&");
  });

  test("is taken to have changed when the server was started anew", async () => {
    const home = temporaryHome();
    const { coffer, service } = await start({ env: ALL }, home);
    const tag = (await service.resolve("$ENV/X_TOKEN")).json?.["tag"];
    const again = await service.resolve("$ENV/X_TOKEN", { ifChangedFrom: tag });
    expect(again.json).toEqual({ unchanged: true });
    await coffer.stop();
    const restarted = await startCoffer({ env: { ...ENV, X_TOKEN: "other" }, home });
    const { url } = restarted;
    const later = Object.assign(Object.create(service) as Client, { url });
    const answer = await later.send(
      "POST",
      "/api/v1/resolve",
      JSON.stringify({ config: "$ENV/X_TOKEN", ifChangedFrom: tag }),
    );
    expect(configOf(answer)).toBe("other");
  });
});
