import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encode } from "next-auth/jwt";
import { statusOf, type ErrorCode } from "../../lib/errors";
import type { Route } from "../../lib/api/route";
import type { Role, ServiceAction } from "../../lib/shapes";
import {
  asAdmin,
  asNobody,
  asPerson,
  asRole,
  asService,
  changeUser,
  Client,
  must,
  mustCreateEnvironment,
  mustCreateService,
  mustCreateUser,
  mustMintToken,
  shareCoffer,
  startCoffer,
  type Answer,
} from "../support/coffer";
import {
  callExample,
  everyRoute,
  FAILING_EXAMPLES,
  makeWorld,
  routeName,
  type World,
} from "../support/every-route";

/*
 * The whole policy, called: every route by every kind of caller, with the answer that each must get. The table says
 * it in its own words and asks no code of Coffer's. A route that is not in it fails the first test.
 */

/**
 * Who may. `writers`: admins, and editors where the environment is not protected. `checkers`: both, anywhere. `auditors`:
 * admins, too.
 */
type People = "everybody" | "admins" | "auditors" | "writers" | "checkers" | "nobody";
/** By which action of its rules a service may. `write` is not for protected environments. */
type Services = "all" | "none" | ServiceAction;

const TABLE: Record<string, [People, Services]> = {
  "POST /api/v1/resolve": ["nobody", "resolve"],
  "POST /api/v1/render": ["nobody", "resolve"],
  "GET /api/v1/watch": ["nobody", "resolve"],
  "POST /api/v1/watch": ["nobody", "resolve"],
  "POST /api/v1/check": ["checkers", "check"],
  "GET /api/v1/check/services": ["checkers", "check"],
  "GET /api/v1/whoami": ["everybody", "all"],
  "GET /api/v1/secrets": ["everybody", "list"],
  "GET /api/v1/attention": ["everybody", "none"],
  "POST /api/v1/secrets": ["writers", "write"],
  "GET /api/v1/secrets/{name}": ["everybody", "list"],
  "PATCH /api/v1/secrets/{name}": ["writers", "none"],
  "DELETE /api/v1/secrets/{name}": ["writers", "none"],
  "POST /api/v1/secrets/{name}/restore": ["writers", "none"],
  "GET /api/v1/secrets/{name}/versions": ["everybody", "list"],
  "POST /api/v1/secrets/{name}/versions": ["writers", "write"],
  "POST /api/v1/secrets/{name}/versions/{version}/activate": ["writers", "none"],
  "DELETE /api/v1/secrets/{name}/versions/{version}": ["admins", "none"],
  "GET /api/v1/secrets/{name}/uses": ["everybody", "list"],
  "GET /api/v1/secrets/{name}/readers": ["admins", "none"],
  "GET /api/v1/incidents": ["admins", "none"],
  "POST /api/v1/incidents": ["admins", "none"],
  "GET /api/v1/incidents/{id}": ["admins", "none"],
  "POST /api/v1/incidents/{id}/entries": ["admins", "none"],
  "DELETE /api/v1/incidents/{id}/services/{serviceId}/tokens": ["admins", "none"],
  "POST /api/v1/incidents/{id}/services/{serviceId}/disable": ["admins", "none"],
  "POST /api/v1/incidents/{id}/close": ["admins", "none"],
  "POST /api/v1/import": ["admins", "none"],
  "GET /api/v1/import": ["admins", "none"],
  "GET /api/v1/export": ["admins", "none"],
  "GET /api/v1/audit": ["auditors", "none"],
  "GET /api/v1/audit/export": ["auditors", "none"],
  "GET /api/v1/services": ["admins", "none"],
  "POST /api/v1/services": ["admins", "none"],
  "GET /api/v1/services/{id}": ["admins", "none"],
  "PATCH /api/v1/services/{id}": ["admins", "none"],
  "DELETE /api/v1/services/{id}": ["admins", "none"],
  "POST /api/v1/services/{id}/tokens": ["admins", "none"],
  "DELETE /api/v1/services/{id}/tokens/{tokenId}": ["admins", "none"],
  "GET /api/v1/held-services": ["admins", "none"],
  "POST /api/v1/held-services": ["admins", "none"],
  "GET /api/v1/environments": ["everybody", "none"],
  "POST /api/v1/environments": ["admins", "none"],
  "PATCH /api/v1/environments/{slug}": ["admins", "none"],
  "DELETE /api/v1/environments/{slug}": ["admins", "none"],
  "GET /api/v1/users": ["admins", "none"],
  "POST /api/v1/users": ["admins", "none"],
  "PATCH /api/v1/users/{id}": ["admins", "none"],
  "DELETE /api/v1/users/{id}": ["admins", "none"],
  "POST /api/v1/users/{id}/link": ["admins", "none"],
  "DELETE /api/v1/users/{id}/two-step": ["admins", "none"],
  "GET /api/v1/integrity": ["admins", "none"],
  "GET /api/v1/audit/sinks": ["auditors", "none"],
  "POST /api/v1/audit/verify": ["auditors", "none"],
  "GET /api/v1/audit/verify": ["auditors", "none"],
  "GET /api/v1/audit/checkpoint": ["auditors", "none"],
  "GET /api/v1/keys": ["admins", "none"],
  "POST /api/v1/keys/rotate": ["admins", "none"],
  "POST /api/v1/keys/check": ["admins", "none"],
  "GET /api/v1/keys/check": ["admins", "none"],
  "DELETE /api/v1/keys/wraps/{fingerprint}": ["admins", "none"],
  "POST /api/v1/backup": ["admins", "none"],
  "GET /api/v1/backup": ["admins", "none"],
  "GET /api/v1/policy": ["admins", "none"],
  "PATCH /api/v1/policy": ["admins", "none"],
  "GET /api/v1/account": ["everybody", "none"],
  "PATCH /api/v1/account": ["everybody", "none"],
  "POST /api/v1/account/password": ["everybody", "none"],
  "POST /api/v1/account/confirm": ["everybody", "none"],
  "POST /api/v1/account/two-step": ["everybody", "none"],
  "POST /api/v1/account/two-step/enable": ["everybody", "none"],
  "POST /api/v1/account/two-step/recovery-codes": ["everybody", "none"],
  "DELETE /api/v1/account/two-step": ["everybody", "none"],
  "GET /api/v1/account/sessions": ["everybody", "none"],
  "DELETE /api/v1/account/sessions": ["everybody", "none"],
  "DELETE /api/v1/account/sessions/{id}": ["everybody", "none"],
};

/** What asks again who it is after five minutes. */
const ASKS_AGAIN = new Set([
  "GET /api/v1/secrets/{name}/readers",
  "POST /api/v1/incidents",
  "POST /api/v1/incidents/{id}/entries",
  "DELETE /api/v1/incidents/{id}/services/{serviceId}/tokens",
  "POST /api/v1/incidents/{id}/services/{serviceId}/disable",
  "POST /api/v1/incidents/{id}/close",
  "POST /api/v1/services/{id}/tokens",
  "POST /api/v1/held-services",
  "POST /api/v1/users",
  "PATCH /api/v1/users/{id}",
  "DELETE /api/v1/users/{id}",
  "POST /api/v1/users/{id}/link",
  "DELETE /api/v1/users/{id}/two-step",
  "PATCH /api/v1/policy",
  "POST /api/v1/keys/rotate",
  "DELETE /api/v1/keys/wraps/{fingerprint}",
  "POST /api/v1/backup",
  "POST /api/v1/account/two-step",
  "POST /api/v1/account/two-step/enable",
  "POST /api/v1/account/two-step/recovery-codes",
  "DELETE /api/v1/account/two-step",
]);

/** What takes a one-time link in place of credentials: a bad link gets the same answer whoever sends it. */
const BY_LINK: Record<string, ErrorCode> = {
  "POST /api/v1/setup": "setup_done",
  "POST /api/v1/links/accept": "invalid_link",
};

const ROLES: readonly Role[] = ["admin", "editor", "viewer", "auditor"];
const ACTIONS: readonly ServiceAction[] = ["resolve", "list", "write", "check", "metrics"];
const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;

/** What must be answered: `ok` is the route's own success, or what its example comes to. */
type Expected = "ok" | ErrorCode;

const LINK_IS_NEXT: ReadonlySet<Expected> = new Set<Expected>([
  ...(["ok", "unauthenticated", "forbidden", "two_step_required"] as const),
]);

const shared = shareCoffer();
let cells = 0;
let worlds = 0;

afterAll(() => {
  process.stdout.write(`The matrix has ${String(cells)} cells.\n`);
});

/** Calls every route and compares every answer. */
async function check(
  client: Client,
  expectedOf: (name: string) => Expected,
  world: World,
  call = callExample,
): Promise<void> {
  const wrong: string[] = [];
  for (const { name, route } of everyRoute) {
    const byLink = BY_LINK[name];
    const expected = expectedOf(name);
    const answer = await call(client, route, world);
    // Who shows a link needs no rights; a credential that is no good is refused before the link is looked at.
    const want = byLink !== undefined && LINK_IS_NEXT.has(expected) ? byLink : expected;
    if (!isAnswer(answer, name, route, want)) {
      wrong.push(`${name}: ${String(answer.status)} ${answer.text.slice(0, 120)}, and not ${want}`);
    }
    cells++;
  }
  expect(wrong).toEqual([]);
}

function isAnswer(answer: Answer, name: string, route: Route, expected: Expected): boolean {
  const code = expected === "ok" ? FAILING_EXAMPLES[name] : expected;
  if (code === undefined) return answer.status === route.status;
  return answer.status === statusOf(code) && answer.json?.["code"] === code;
}

/** Things for one caller to act on, each once. */
function freshWorld(): Promise<World> {
  return makeWorld(shared.admin, `MATRIX_${String(++worlds)}`);
}

test("has every route, and no other", () => {
  const known = [...Object.keys(TABLE), ...Object.keys(BY_LINK)].sort();
  expect(known).toEqual(everyRoute.map(({ name }) => name).sort());
});

describe("without credentials that count, every route is refused:", () => {
  let world: World;
  beforeAll(async () => {
    world = await freshWorld();
  });

  /** Refused everywhere, and nothing is changed by it. */
  async function expectRefused(client: Client, expected: ErrorCode): Promise<void> {
    const { db } = await shared.coffer.database();
    const before = await db.revision.findUniqueOrThrow({ where: { id: 1 } });
    await check(client, () => expected, world);
    expect(await db.revision.findUniqueOrThrow({ where: { id: 1 } })).toEqual(before);
  }

  test("nobody", () => expectRefused(asNobody(shared.coffer), "unauthenticated"));

  test("a session cookie and a token at once", async () => {
    const { coffer, admin } = shared;
    const { id } = await mustCreateService(admin, "both", ["*"]);
    const { token } = await mustMintToken(admin, id);
    const client = new Client(coffer.url, { ...admin.headers, authorization: `Bearer ${token}` });
    await expectRefused(client, "ambiguous_credentials");
  });

  test("a session cookie that another key made", async () => {
    const token = await encode({ token: { sub: "x", sid: "y", epoch: 1 }, secret: "z".repeat(43) });
    const cookie = `next-auth.session-token=${token}`;
    await expectRefused(
      new Client(shared.coffer.url, { cookie, origin: shared.coffer.url }),
      "unauthenticated",
    );
  });

  describe.each(ROLES)("a session of an %s", (role) => {
    test("who is disabled", async () => {
      const { coffer } = shared;
      const { id, email } = await mustCreateUser(coffer, role);
      const client = await asPerson(coffer, email);
      await changeUser(coffer, id, { disabledAt: coffer.clock.now() });
      await expectRefused(client, "unauthenticated");
    });

    test("whose role or password has changed since", async () => {
      const { coffer } = shared;
      const { id, email } = await mustCreateUser(coffer, role);
      const client = await asPerson(coffer, email);
      await changeUser(coffer, id, { epoch: 2 });
      await expectRefused(client, "unauthenticated");
    });

    test("that was signed out", async () => {
      const { coffer } = shared;
      const { email } = await mustCreateUser(coffer, role);
      const client = await asPerson(coffer, email);
      const other = await asPerson(coffer, email);
      await other.delete("/api/v1/account/sessions");
      await expectRefused(client, "unauthenticated");
    });

    test("that writes from another site", async () => {
      const { coffer } = shared;
      const { headers } = await asRole(coffer, role);
      const client = new Client(coffer.url, { ...headers, origin: "https://evil.example" });
      const { db } = await coffer.database();
      const before = await db.revision.findUniqueOrThrow({ where: { id: 1 } });
      await check(
        client,
        (name) => (name.startsWith("GET") ? forPerson(role, name) : "bad_origin"),
        world,
      );
      expect(await db.revision.findUniqueOrThrow({ where: { id: 1 } })).toEqual(before);
    });
  });

  describe.each(ACTIONS)("a service's token, with `%s` for all names,", (action) => {
    async function serviceWith(more: object = {}) {
      const { coffer, admin } = shared;
      const name = `matrix-${action}-${String(++worlds)}`;
      const { id } = await mustCreateService(admin, name, ["*"], { actions: [action] }, more);
      const expiresAt = new Date(coffer.clock.now().getTime() + 1000).toISOString();
      const token = await mustMintToken(admin, id, { expiresAt });
      return { id, token, client: asService(coffer, token.token) };
    }

    test("that was revoked", async () => {
      const { id, token, client } = await serviceWith();
      must(204, await shared.admin.delete(`/api/v1/services/${id}/tokens/${token.id}`));
      await expectRefused(client, "token_revoked");
    });

    test("that has expired", async () => {
      const { client } = await serviceWith();
      shared.coffer.clock.advance(1000);
      await expectRefused(client, "token_expired");
    });

    test("of a service that is disabled", async () => {
      const { id, client } = await serviceWith();
      must(200, await shared.admin.patch(`/api/v1/services/${id}`, { disabled: true }));
      await expectRefused(client, "service_disabled");
    });

    test("from an address that it may not come from", async () => {
      const { client } = await serviceWith({ allowedCidrs: ["10.0.0.0/8"] });
      await expectRefused(client, "address_not_allowed");
    });
  });
});

function forPerson(role: Role, name: string, isProtected = false): Expected {
  const [people] = TABLE[name] ?? ["nobody"];
  const may = {
    everybody: true,
    admins: role === "admin",
    auditors: role === "admin" || role === "auditor",
    writers: role === "admin" || (role === "editor" && !isProtected),
    checkers: role === "admin" || role === "editor",
    nobody: false,
  };
  return may[people] ? "ok" : "forbidden";
}

function forService(action: ServiceAction, name: string, isProtected = false): Expected {
  const [, services] = TABLE[name] ?? ["nobody", "none"];
  const may = services === "all" || (services === action && !(action === "write" && isProtected));
  return may ? "ok" : "forbidden";
}

/** A service that may do one thing with every name, by a token that works. */
async function serviceThatMay(action: ServiceAction, environment = "default"): Promise<Client> {
  const { coffer, admin } = shared;
  const name = `matrix-${action}-${String(++worlds)}`;
  const { id } = await mustCreateService(
    admin,
    name,
    ["*"],
    { actions: [action] },
    { environment },
  );
  return asService(coffer, (await mustMintToken(admin, id)).token);
}

describe.each([
  ["an environment that is open", false],
  ["an environment that is protected", true],
])("in %s", (_, isProtected) => {
  /** Runs `work` while the default environment is, or is not, protected. */
  async function there(work: () => Promise<void>): Promise<void> {
    const { admin } = shared;
    const path = "/api/v1/environments/default";
    must(200, await admin.patch(path, { protected: isProtected }));
    try {
      await work();
    } finally {
      await admin.patch(path, { protected: false });
    }
  }

  test.each(ROLES)("every route answers a signed-in %s as the table says", async (role) => {
    const world = await freshWorld();
    const client = await asRole(shared.coffer, role);
    await there(() => check(client, (name) => forPerson(role, name, isProtected), world));
  });

  test.each(ACTIONS)(
    "every route answers a service with `%s` as the table says",
    async (action) => {
      const world = await freshWorld();
      const client = await serviceThatMay(action);
      await there(() => check(client, (name) => forService(action, name, isProtected), world));
    },
  );
});

describe("in another environment than its own", () => {
  /** The example of a route, with the environment named that its world is in. */
  function callInDefault(client: Client, route: Route, world: World): Promise<Answer> {
    if (!route.path.startsWith("/api/v1/secrets")) return callExample(client, route, world);
    const inDefault: Client = Object.create(client, {
      send: {
        value: (method: string, path: string, body?: string) =>
          route.path === "/api/v1/secrets" && method === "POST"
            ? client.send(method, path, JSON.stringify({ ...parsed(body), environment: "default" }))
            : client.send(
                method,
                `${path}${path.includes("?") ? "&" : "?"}environment=default`,
                body,
              ),
      },
    }) as Client;
    return callExample(inDefault, route, world);
  }

  test.each(ACTIONS)("a service with `%s` may nothing but ask who it is", async (action) => {
    const environment = `elsewhere-${action}`;
    await mustCreateEnvironment(shared.coffer, environment);
    const world = await freshWorld();
    const client = await serviceThatMay(action, environment);
    const expectedOf = (name: string): Expected => {
      if (name === "GET /api/v1/whoami") return "ok";
      // A config names no environment: the service's own has no secret of that name.
      if (action === "check") return name.includes("/api/v1/check") ? "ok" : "forbidden";
      // Who watches is told of what there is not.
      if (name.endsWith("/api/v1/watch") && action === "resolve") return "ok";
      const expands = name === "POST /api/v1/resolve" || name === "POST /api/v1/render";
      return expands && action === "resolve" ? "unresolved" : "forbidden";
    };
    await check(client, expectedOf, world, callInDefault);
  });
});

function parsed(body: string | undefined): object {
  return JSON.parse(body ?? "{}") as object;
}

/** A Coffer whose clock or policy a test may change, with somebody of each role who is signed in. */
async function ownCoffer() {
  const coffer = await startCoffer();
  const admin = await asAdmin(coffer);
  const people = await Promise.all(
    ROLES.map(async (role) => ({
      ...{ role, client: await asRole(coffer, role) },
      world: await makeWorld(admin, `OWN_${role}`),
    })),
  );
  return { coffer, admin, people };
}

describe("a session of any role", () => {
  test("that owes a second factor may set it up, and nothing else", async () => {
    const { admin, people } = await ownCoffer();
    must(200, await admin.patch("/api/v1/policy", { requireTwoStep: true }));
    const isOpen = (name: string) =>
      name === "GET /api/v1/whoami" || name.includes("/api/v1/account");
    for (const { client, world } of people) {
      await check(client, (name) => (isOpen(name) ? "ok" : "two_step_required"), world);
    }
  });

  test("six minutes old is asked again for what gives rights, and for nothing else", async () => {
    const { coffer, people } = await ownCoffer();
    coffer.clock.advance(6 * MINUTE_MS);
    const CONFIRM = "POST /api/v1/account/confirm";
    for (const { role, client, world } of people) {
      const expectedOf = (name: string): Expected => {
        if (name === CONFIRM) return "wrong_password";
        const expected = forPerson(role, name);
        return expected === "ok" && ASKS_AGAIN.has(name) ? "confirmation_required" : expected;
      };
      await check(client, expectedOf, world, (by, route, at) =>
        routeName(route) === CONFIRM
          ? by.post(route.path, { password: "not the password" })
          : callExample(by, route, at),
      );
    }
  });

  test("that nobody used for twelve hours has ended", async () => {
    const { coffer, people } = await ownCoffer();
    coffer.clock.advance(12 * HOUR_MS + MINUTE_MS);
    for (const { client, world } of people) await check(client, () => "unauthenticated", world);
  });
});
