import { beforeAll, describe, expect, test } from "vitest";
import type { Role } from "../../lib/shapes";
import {
  asRole,
  asService,
  eventsOf,
  must,
  mustCreateEnvironment,
  mustCreateSecret,
  mustCreateService,
  mustMintToken,
  shareCoffer,
  tamper,
  type Answer,
  type Client,
} from "../support/coffer";
import { expectProblem } from "../support/problem";

const shared = shareCoffer();
const ENVIRONMENTS = "/api/v1/environments";
const SECRETS = "/api/v1/secrets";

const at = (slug: string) => `${ENVIRONMENTS}/${slug}`;
const items = (answer: Answer) => answer.json?.["items"] as Record<string, unknown>[];

/** What the list says of one environment. */
async function listed(client: Client, slug: string): Promise<unknown> {
  return items(await client.get(ENVIRONMENTS)).find((item) => item["slug"] === slug);
}

describe("creating an environment", () => {
  test("answers 201 with an empty, unprotected one, and records who made which", async () => {
    const { coffer, admin } = shared;
    const answer = await admin.post(ENVIRONMENTS, { slug: "eu-west-1", name: "  Süd (EU) " });
    expect(answer.status).toBe(201);
    expect(answer.json).toStrictEqual({
      ...{ slug: "eu-west-1", name: "Süd (EU)", protected: false },
      ...{ secrets: 0, trashed: 0, services: 0 },
    });
    expect(await listed(admin, "eu-west-1")).toStrictEqual(answer.json);
    expect(await eventsOf(coffer, answer)).toMatchObject([
      {
        ...{ action: "environments.create", environment: "eu-west-1", target: "eu-west-1" },
        ...{ actorName: "admin@example.com", outcome: "ok", code: "" },
      },
    ]);
  });

  test("makes a protected one where that is asked, and says so on record", async () => {
    const { coffer, admin } = shared;
    const body = { slug: "born-protected", name: "P", protected: true };
    const answer = await admin.post(ENVIRONMENTS, body);
    expect(answer.json).toMatchObject(body);
    expect(await eventsOf(coffer, answer)).toMatchObject([{ outcome: "ok", code: "protected" }]);
  });

  test("refuses a slug that is taken, and changes nothing of the one that has it", async () => {
    const { coffer, admin } = shared;
    await mustCreateEnvironment(coffer, "taken", { protected: true });
    const answer = await admin.post(ENVIRONMENTS, { slug: "taken", name: "Mine now" });
    expectProblem(answer, 409, "already_exists");
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { action: "environments.create", target: "taken", outcome: "failed", code: "already_exists" },
    ]);
    expect(await listed(admin, "taken")).toMatchObject({ name: "taken", protected: true });
    const again = await admin.post(ENVIRONMENTS, { slug: "default", name: "D" });
    expectProblem(again, 409, "already_exists");
  });

  test("of one slug, by two people at once, succeeds once", async () => {
    const { admin } = shared;
    const body = { slug: "contended", name: "C" };
    const answers = await Promise.all([1, 2, 3].map(() => admin.post(ENVIRONMENTS, body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  const good = { slug: "schema", name: "Schema" };
  test.for<[string, unknown, string]>([
    ["no slug", { name: "N" }, "/slug"],
    ["an empty slug", { ...good, slug: "" }, "/slug"],
    ["a slug with a capital", { ...good, slug: "Prod" }, "/slug"],
    ["a slug that starts with a digit", { ...good, slug: "1st" }, "/slug"],
    ["a slug with an underscore", { ...good, slug: "a_b" }, "/slug"],
    ["a slug with a slash", { ...good, slug: "a/b" }, "/slug"],
    ["a slug with dots", { ...good, slug: ".." }, "/slug"],
    ["a slug with a newline", { ...good, slug: "prod\n" }, "/slug"],
    ["a slug of another script", { ...good, slug: "prоd" }, "/slug"],
    ["a slug of 41 characters", { ...good, slug: "x".repeat(41) }, "/slug"],
    ["a number as slug", { ...good, slug: 7 }, "/slug"],
    ["no name", { slug: "schema" }, "/name"],
    ["a name of blanks", { ...good, name: "  " }, "/name"],
    ["a name of 65 characters", { ...good, name: "x".repeat(65) }, "/name"],
    ["a name with a newline", { ...good, name: "a\nb" }, "/name"],
    ["a name that turns the text around", { ...good, name: "a\u202eb" }, "/name"],
    ["protection in words", { ...good, protected: "yes" }, "/protected"],
    ["an unknown field", { ...good, admin: true }, ""],
    ["an id of its own", { ...good, id: "x" }, ""],
    ["null", null, ""],
  ])("refuses %s and names the place", async ([, body, pointer]) => {
    const { coffer, admin } = shared;
    const answer = await admin.post(ENVIRONMENTS, body);
    const problem = expectProblem(answer, 400, "invalid_request");
    expect(problem.errors?.map((error) => error.pointer)).toContain(pointer);
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { action: "environments.create", outcome: "failed", code: "invalid_request" },
    ]);
    expect(await listed(admin, "schema")).toBeUndefined();
  });
});

describe("the list of environments", () => {
  test("says what each holds, with the trash apart, in order of slugs", async () => {
    const { coffer, admin } = shared;
    await mustCreateEnvironment(coffer, "counted");
    const environment = "counted";
    await mustCreateSecret(admin, "ONE", "v", { environment });
    await mustCreateSecret(admin, "TWO", "v", { environment });
    await mustCreateSecret(admin, "GONE", "v", { environment });
    must(204, await admin.delete(`${SECRETS}/GONE?environment=counted`));
    await mustCreateService(admin, "counting", ["*"], {}, { environment });
    expect(await listed(admin, "counted")).toStrictEqual({
      ...{ slug: "counted", name: "counted", protected: false },
      ...{ secrets: 2, trashed: 1, services: 1 },
    });
    const slugs = items(await admin.get(ENVIRONMENTS)).map((item) => String(item["slug"]));
    expect(slugs).toEqual([...slugs].sort());
  });

  test("takes no query parameter", async () => {
    const answer = await shared.admin.get(`${ENVIRONMENTS}?slug=default`);
    expectProblem(answer, 400, "invalid_request");
  });
});

describe("changing an environment", () => {
  test("changes what is given and nothing else", async () => {
    const { coffer, admin } = shared;
    await mustCreateEnvironment(coffer, "changing");
    const before = await listed(admin, "changing");
    expect((await admin.patch(at("changing"), {})).json).toStrictEqual(before);
    const named = await admin.patch(at("changing"), { name: "Changed" });
    expect(named.json).toStrictEqual({ ...(before as object), name: "Changed" });
    const on = await admin.patch(at("changing"), { protected: true });
    expect(on.json).toMatchObject({ name: "Changed", protected: true });
    const off = await admin.patch(at("changing"), { protected: false });
    expect(await listed(admin, "changing")).toStrictEqual(off.json);
    const codes = await Promise.all([named, on, off].map((each) => eventsOf(coffer, each)));
    expect(codes).toMatchObject([
      [{ action: "environments.update", target: "changing", outcome: "ok", code: "" }],
      [{ environment: "changing", target: "changing", outcome: "ok", code: "protected" }],
      [{ environment: "changing", target: "changing", outcome: "ok", code: "unprotected" }],
    ]);
  });

  test("works for `default`, which can be named and protected like any other", async () => {
    const { admin } = shared;
    const answer = await admin.patch(at("default"), { name: "Main", protected: true });
    expect(answer.json).toMatchObject({ slug: "default", name: "Main", protected: true });
    must(200, await admin.patch(at("default"), { name: "Default", protected: false }));
  });

  test("of one that was changed in the database is refused, and does not make it good", async () => {
    const { coffer, admin } = shared;
    await mustCreateEnvironment(coffer, "opened", { protected: true });
    const where = { slug: "opened" };
    await tamper(coffer, (tx) => tx.environment.update({ where, data: { protected: false } }));
    const answer = await admin.patch(at("opened"), { name: "Opened" });
    expectProblem(answer, 500, "tampered", ["kind", "id"]);
    const write = { name: "K", value: "v", environment: "opened" };
    expectProblem(await admin.post(SECRETS, write), 500, "tampered", ["kind", "id"]);
    must(204, await admin.delete(at("opened"))); // the way to make it anew
  });

  test.for<[string, unknown]>([
    ["another slug", { slug: "elsewhere" }],
    ["an unknown field", { secrets: 0 }],
    ["a name of blanks", { name: " " }],
    ["protection in words", { protected: "false" }],
  ])("refuses %s", async ([, body]) => {
    const { admin } = shared;
    expectProblem(await admin.patch(at("default"), body), 400, "invalid_request");
  });

  test("answers 404 where there is none, and keeps what can't be a slug off the record", async () => {
    const { coffer, admin } = shared;
    for (const slug of ["nowhere", "NO-SLUG", "a%2fb"]) {
      const answer = await admin.patch(at(slug), { name: "N" });
      expectProblem(answer, 404, "not_found");
      const target = slug === "nowhere" ? "nowhere" : "";
      expect(await eventsOf(coffer, answer)).toMatchObject([
        { target, environment: target, code: "not_found" },
      ]);
    }
  });
});

describe("deleting an environment", () => {
  test("works only once it holds nothing: no secret, none in the trash, no service", async () => {
    const { coffer, admin } = shared;
    const environment = "emptied";
    await mustCreateEnvironment(coffer, environment);
    await mustCreateSecret(admin, "HELD", "v", { environment });
    const { id } = await mustCreateService(admin, "held", ["*"], {}, { environment });
    const refused = async (detail: string, counts: object) => {
      const extras = ["secrets", "trashed", "services"];
      const answer = await admin.delete(at(environment));
      const problem = expectProblem(answer, 409, "not_empty", extras);
      expect(problem.detail).toContain(`emptied still holds ${detail}.`);
      expect(problem).toMatchObject(counts);
      expect(await eventsOf(coffer, answer)).toMatchObject([
        { action: "environments.delete", target: environment, code: "not_empty" },
      ]);
    };
    await refused("1 secret and 1 service", { secrets: 1, trashed: 0, services: 1 });
    must(204, await admin.delete(`${SECRETS}/HELD?environment=emptied`));
    await refused("1 secret in the trash and 1 service", { secrets: 0, trashed: 1 });
    must(204, await admin.delete(`/api/v1/services/${id}`));
    await refused("1 secret in the trash", { trashed: 1, services: 0 });
    must(204, await admin.delete(`${SECRETS}/HELD?environment=emptied&purge=true`));
    const gone = await admin.delete(at(environment));
    expect(gone.status).toBe(204);
    expect(await eventsOf(coffer, gone)).toMatchObject([
      { action: "environments.delete", environment, target: environment, outcome: "ok" },
    ]);
    expect(await listed(admin, environment)).toBeUndefined();
    expectProblem(await admin.get(`${SECRETS}?environment=emptied`), 404, "not_found");
    expectProblem(await admin.delete(at(environment)), 404, "not_found");
  });

  test("leaves nothing to the next one of its slug, not even the numbers of purged names", async () => {
    const { coffer, admin } = shared;
    const environment = "reborn";
    await mustCreateEnvironment(coffer, environment, { protected: true });
    const before = await idOf(environment);
    await mustCreateSecret(admin, "KEY", "v", { environment });
    must(204, await admin.delete(`${SECRETS}/KEY?environment=reborn&purge=true`));
    expect(await purgedNamesOf(before)).toBe(1);
    must(204, await admin.delete(at(environment)));
    expect(await purgedNamesOf(before)).toBe(0);
    await mustCreateEnvironment(coffer, environment);
    expect(await idOf(environment)).not.toBe(before);
    expect(await listed(admin, environment)).toMatchObject({ protected: false, secrets: 0 });
    expect(await mustCreateSecret(admin, "KEY", "v", { environment })).toMatchObject({
      version: 1,
    });
  });

  test("is refused for `default`, empty or not", async () => {
    const { coffer, admin } = shared;
    const answer = await admin.delete(at("default"));
    expect(expectProblem(answer, 403, "forbidden").detail).toContain("default can't be deleted");
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { action: "environments.delete", target: "default", code: "forbidden" },
    ]);
    expect(await listed(admin, "default")).toMatchObject({ slug: "default" });
  });

  async function idOf(slug: string): Promise<string> {
    const { db } = await shared.coffer.database();
    return (await db.environment.findUniqueOrThrow({ where: { slug } })).id;
  }

  async function purgedNamesOf(environmentId: string): Promise<number> {
    const { db } = await shared.coffer.database();
    return db.purgedName.count({ where: { environmentId } });
  }
});

describe("environments are for admins to change:", () => {
  const CHANGES = [
    ["POST", () => ENVIRONMENTS, { slug: "theirs", name: "Theirs" }],
    ["PATCH", at, { name: "Theirs" }],
    ["PATCH", at, { protected: false }],
    ["DELETE", at, undefined],
  ] as const;

  /** What each change by `client` is answered, of one slug, without what differs by request and slug. */
  async function refusals(client: Client, slug: string): Promise<string[]> {
    const texts: string[] = [];
    for (const [method, path, body] of CHANGES) {
      const sent = body === undefined ? undefined : JSON.stringify(body);
      const answer = await client.send(method, path(slug), sent);
      const { requestId } = expectProblem(answer, 403, "forbidden");
      texts.push(answer.text.replaceAll(requestId, "").replaceAll(slug, "SLUG"));
    }
    return texts;
  }

  test.for<Role>(["editor", "viewer", "auditor"])("not for a person who is %s", async (role) => {
    const { coffer, admin } = shared;
    const slug = `kept-from-${role}`;
    await mustCreateEnvironment(coffer, slug, { protected: true });
    const person = await asRole(coffer, role);
    expect(await refusals(person, slug)).toEqual(await refusals(person, "no-such-one"));
    expect(await listed(person, slug)).toMatchObject({ name: slug, protected: true });
    expect(await listed(admin, "theirs")).toBeUndefined();
  });

  test("not for a service, whatever its rules, and alike whether they exist or not", async () => {
    const { coffer, admin } = shared;
    const rule = { actions: ["resolve", "check", "list", "write", "metrics"] as const };
    const own = await serviceIn("default", { actions: [...rule.actions] });
    expectProblem(await own.get(ENVIRONMENTS), 403, "forbidden");
    await mustCreateEnvironment(coffer, "not-its-own");
    const absent = await refusals(own, "no-such-one");
    expect(await refusals(own, "not-its-own")).toEqual(absent);
    expect(await refusals(own, "default")).toEqual(absent);
    expect(await listed(admin, "not-its-own")).toMatchObject({ name: "not-its-own" });
  });
});

describe("where an environment is protected", () => {
  const environment = "walled";
  let editor: Client;
  let service: Client;

  beforeAll(async () => {
    const { coffer, admin } = shared;
    await mustCreateEnvironment(coffer, environment);
    for (const name of ["LIVE", "TRASHED"]) {
      await mustCreateSecret(admin, name, "v1", { environment });
      const path = `${SECRETS}/${name}/versions?environment=walled`;
      must(201, await admin.post(path, { value: "v2" }));
    }
    must(204, await admin.delete(`${SECRETS}/TRASHED?environment=walled`));
    editor = await asRole(coffer, "editor");
    service = await serviceIn(environment, { actions: ["write", "list", "resolve"] });
  });

  /** Every write to a secret that an editor may do where nothing is protected, in an order that works. */
  const WRITES: [string, string, string, unknown?][] = [
    ["secrets.create", "POST", SECRETS, { name: "NEW", value: "v", environment }],
    ["secrets.rotate", "POST", `${SECRETS}/LIVE/versions`, { value: "v3" }],
    ["secrets.describe", "PATCH", `${SECRETS}/LIVE`, { description: "d" }],
    ["secrets.activate", "POST", `${SECRETS}/LIVE/versions/1/activate`],
    ["secrets.restore", "POST", `${SECRETS}/TRASHED/restore`],
    ["secrets.trash", "DELETE", `${SECRETS}/LIVE`],
  ];

  function write(client: Client, [, method, path, body]: (typeof WRITES)[number]) {
    const query = path === SECRETS ? "" : "?environment=walled";
    return client.send(method, path + query, body === undefined ? undefined : JSON.stringify(body));
  }

  test("no editor and no service writes, for each write there is, and all is as it was", async () => {
    const { coffer, admin } = shared;
    must(200, await admin.patch(at(environment), { protected: true }));
    const before = (await admin.get(`${SECRETS}?environment=walled&state=all`)).json;
    for (const client of [editor, service]) {
      for (const each of WRITES) {
        const answer = await write(client, each);
        expectProblem(answer, 403, "forbidden");
        expect(await eventsOf(coffer, answer), each[0]).toMatchObject([
          { action: each[0], environment, outcome: "denied", code: "forbidden" },
        ]);
      }
    }
    expect((await admin.get(`${SECRETS}?environment=walled&state=all`)).json).toEqual(before);
  });

  test("reading goes on: an editor lists, and a service resolves", async () => {
    expect((await editor.get(`${SECRETS}/LIVE?environment=walled`)).status).toBe(200);
    expect((await service.resolve("$SECRET/LIVE")).json).toMatchObject({ config: "v2" });
  });

  test("an editor can't take the protection off", async () => {
    const answer = await editor.patch(at(environment), { protected: false });
    expectProblem(answer, 403, "forbidden");
    expect(await listed(editor, environment)).toMatchObject({ protected: true });
  });

  test("an admin writes, and once it is off the very next request of others does", async () => {
    const { admin } = shared;
    const created = { name: "BY_ADMIN", value: "v", environment };
    must(201, await admin.post(SECRETS, created));
    must(200, await admin.patch(at(environment), { protected: false }));
    must(201, await service.post(SECRETS, { name: "BY_SERVICE", value: "v" }));
    must(201, await service.post(`${SECRETS}/LIVE/versions`, { value: "by service" }));
    for (const each of WRITES) {
      const { status } = await write(editor, each);
      expect(status, each[0]).toBeLessThan(300);
    }
    must(200, await admin.patch(at(environment), { protected: true }));
    expectProblem(await service.post(SECRETS, { name: "LATE", value: "v" }), 403, "forbidden");
  });
});

test("the same name in two environments is two secrets, each with its own value and versions", async () => {
  const { coffer, admin } = shared;
  await mustCreateEnvironment(coffer, "left");
  await mustCreateEnvironment(coffer, "right");
  await mustCreateSecret(admin, "TWIN", "of left", { environment: "left" });
  await mustCreateSecret(admin, "TWIN", "of right", { environment: "right" });
  const rotated = await admin.post(`${SECRETS}/TWIN/versions?environment=left`, { value: "new" });
  expect(rotated.json).toMatchObject({ environment: "left", version: 2 });
  const right = await admin.get(`${SECRETS}/TWIN?environment=right`);
  expect(right.json).toMatchObject({ environment: "right", version: 1 });
  const [ofLeft, ofRight] = [await serviceIn("left"), await serviceIn("right")];
  expect((await ofLeft.resolve("$SECRET/TWIN")).json).toMatchObject({ config: "new" });
  expect((await ofRight.resolve("$SECRET/TWIN")).json).toMatchObject({ config: "of right" });
  must(204, await admin.delete(`${SECRETS}/TWIN?environment=left&purge=true`));
  expect((await ofRight.resolve("$SECRET/TWIN")).json).toMatchObject({ config: "of right" });
});

/** A service of an environment, by a token. It resolves every name unless the rule says otherwise. */
async function serviceIn(environment: string, rule: object = {}): Promise<Client> {
  const { coffer, admin } = shared;
  const { id } = await mustCreateService(admin, `of-${environment}`, ["*"], rule, { environment });
  return asService(coffer, (await mustMintToken(admin, id)).token);
}
