import type { Route } from "../../lib/api/route";
import { routes } from "../../lib/api/routes/all";
import type { ErrorCode } from "../../lib/errors";
import {
  must,
  mustCreateSecret,
  mustCreateService,
  mustInvite,
  mustMintToken,
  mustRotate,
  type Answer,
  type Client,
} from "./coffer";
import { TEST_ADMIN } from "./keys";

/** Things for every route to act on: each route that destroys has its own. */
export interface World {
  /** An active secret at version 2, of which version 1 is still there. */
  secret: string;
  doomedSecret: string;
  trashedSecret: string;
  doomedVersionSecret: string;
  /** A secret with an open incident, and a service to end under it. */
  leakedSecret: string;
  incidentId: string;
  leakedServiceId: string;
  serviceId: string;
  tokenId: string;
  doomedServiceId: string;
  environment: string;
  doomedEnvironment: string;
  /** Somebody who is invited. */
  userId: string;
  userEmail: string;
  doomedUserId: string;
}

/** Makes a world in which every example of `exampleCall` succeeds once, for whom it is allowed. */
export async function makeWorld(admin: Client, prefix = "WORLD"): Promise<World> {
  const [secret, doomedSecret, trashedSecret, doomedVersionSecret, leakedSecret] = [
    ...["secret", "doomedSecret", "trashedSecret", "doomedVersionSecret", "leakedSecret"],
  ].map((name) => `${prefix}_${name}`) as [string, string, string, string, string];
  const environment = prefix.toLowerCase().replaceAll("_", "-");
  const doomedEnvironment = `${environment}-doomed`;
  for (const slug of [environment, doomedEnvironment]) {
    must(201, await admin.post(E, { slug, name: slug }));
  }
  const created = [...[secret, doomedSecret, trashedSecret, doomedVersionSecret, leakedSecret]].map(
    (name) => mustCreateSecret(admin, name, `value of ${name}`),
  );
  const [service, doomed, leaked] = await Promise.all([
    mustCreateService(admin, `${prefix}-service`, ["*"]),
    mustCreateService(admin, `${prefix}-doomed`, ["*"]),
    mustCreateService(admin, `${prefix}-leaked`, ["*"]),
    ...created,
  ]);
  const email = `${prefix.toLowerCase()}@example.com`;
  const [user, doomedUser] = await Promise.all([
    mustInvite(admin, email),
    mustInvite(admin, `doomed-${email}`),
  ]);
  const [token, incident] = await Promise.all([
    mustMintToken(admin, service.id),
    admin.post(I, { secret: leakedSecret, since: SINCE }),
    mustMintToken(admin, leaked.id),
    mustRotate(admin, secret, "second value"),
    mustRotate(admin, doomedVersionSecret, "second value"),
    admin.delete(`/api/v1/secrets/${trashedSecret}`),
  ]);
  return {
    ...{ secret, doomedSecret, trashedSecret, doomedVersionSecret },
    ...{ leakedSecret, leakedServiceId: leaked.id },
    incidentId: (must(201, incident) as { id: string }).id,
    ...{ serviceId: service.id, tokenId: token.id, doomedServiceId: doomed.id },
    ...{ environment, doomedEnvironment },
    ...{ userId: user.id, userEmail: email, doomedUserId: doomedUser.id },
  };
}

interface ExampleCall {
  path: string;
  body?: unknown;
}

const S = "/api/v1/secrets";
const V = "/api/v1/services";
const E = "/api/v1/environments";
const U = "/api/v1/users";
const A = "/api/v1/account";
const I = "/api/v1/incidents";
const SINCE = "2026-01-01T00:00:00Z";

/**
 * Routes whose success would end the session of whoever calls them, or that need more than one call. Their
 * examples get past the policy and fail with this code.
 */
export const FAILING_EXAMPLES: Readonly<Record<string, ErrorCode>> = {
  "POST /api/v1/account/password": "wrong_password",
  "DELETE /api/v1/account/sessions/{id}": "not_found",
  "POST /api/v1/account/two-step/enable": "wrong_code",
  "POST /api/v1/account/two-step/recovery-codes": "not_found",
  "DELETE /api/v1/keys/wraps/{fingerprint}": "not_found",
  "POST /api/v1/held-services": "not_held",
};

/** Routes that no person may call. */
export const SERVICES_ONLY: ReadonlySet<string> = new Set([
  "POST /api/v1/resolve",
  "POST /api/v1/render",
  "GET /api/v1/watch",
  "POST /api/v1/watch",
]);

/** One good call for each route. A route that is added and has none fails every test that asks for all. */
const EXAMPLES: Record<string, (world: World, byService: boolean) => ExampleCall> = {
  "POST /api/v1/resolve": (w) => ({
    path: "/api/v1/resolve",
    body: { config: `$SECRET/${w.secret}` },
  }),
  "POST /api/v1/render": (w) => ({ path: "/api/v1/render", body: [`$SECRET/${w.secret}`] }),
  "POST /api/v1/check": (w, byService) => ({
    path: byService ? "/api/v1/check" : `/api/v1/check?service=${w.serviceId}`,
    body: { config: `$SECRET/${w.secret}` },
  }),
  "GET /api/v1/watch": (w) => ({ path: `/api/v1/watch?reference=$SECRET/${w.secret}` }),
  "POST /api/v1/watch": (w) => ({
    path: "/api/v1/watch",
    body: { config: `$SECRET/${w.secret}` },
  }),
  "GET /api/v1/check/services": () => ({ path: "/api/v1/check/services" }),
  "GET /api/v1/whoami": () => ({ path: "/api/v1/whoami" }),
  "POST /api/v1/setup": () => ({
    path: "/api/v1/setup",
    body: { link: "x", email: "a@example.com", name: "A", password: "long enough to pass" },
  }),
  "GET /api/v1/secrets": () => ({ path: S }),
  "GET /api/v1/attention": () => ({ path: "/api/v1/attention" }),
  "POST /api/v1/secrets": (w) => ({ path: S, body: { name: `${w.secret}_new`, value: "v" } }),
  "GET /api/v1/secrets/{name}": (w) => ({ path: `${S}/${w.secret}` }),
  "PATCH /api/v1/secrets/{name}": (w) => ({
    path: `${S}/${w.secret}`,
    body: { description: "other" },
  }),
  "DELETE /api/v1/secrets/{name}": (w) => ({ path: `${S}/${w.doomedSecret}` }),
  "POST /api/v1/secrets/{name}/restore": (w) => ({ path: `${S}/${w.trashedSecret}/restore` }),
  "GET /api/v1/secrets/{name}/versions": (w) => ({ path: `${S}/${w.secret}/versions` }),
  "POST /api/v1/secrets/{name}/versions": (w) => ({
    path: `${S}/${w.secret}/versions`,
    body: { value: "next value" },
  }),
  "POST /api/v1/secrets/{name}/versions/{version}/activate": (w) => ({
    path: `${S}/${w.secret}/versions/1/activate`,
  }),
  "DELETE /api/v1/secrets/{name}/versions/{version}": (w) => ({
    path: `${S}/${w.doomedVersionSecret}/versions/1`,
  }),
  "GET /api/v1/secrets/{name}/uses": (w) => ({ path: `${S}/${w.secret}/uses` }),
  "GET /api/v1/secrets/{name}/readers": (w) => ({
    path: `${S}/${w.secret}/readers?since=${SINCE}`,
  }),
  "GET /api/v1/incidents": () => ({ path: I }),
  "POST /api/v1/incidents": (w) => ({ path: I, body: { secret: w.secret, since: SINCE } }),
  "GET /api/v1/incidents/{id}": (w) => ({ path: `${I}/${w.incidentId}` }),
  "POST /api/v1/incidents/{id}/entries": (w) => ({
    path: `${I}/${w.incidentId}/entries`,
    body: { text: "It was in a log." },
  }),
  "DELETE /api/v1/incidents/{id}/services/{serviceId}/tokens": (w) => ({
    path: `${I}/${w.incidentId}/services/${w.leakedServiceId}/tokens`,
  }),
  "POST /api/v1/incidents/{id}/services/{serviceId}/disable": (w) => ({
    path: `${I}/${w.incidentId}/services/${w.leakedServiceId}/disable`,
  }),
  "POST /api/v1/incidents/{id}/close": (w) => ({ path: `${I}/${w.incidentId}/close` }),
  "POST /api/v1/import": (w) => ({
    path: "/api/v1/import",
    body: { source: { text: `${w.secret}_imported=value` } },
  }),
  "GET /api/v1/import": () => ({ path: "/api/v1/import" }),
  "GET /api/v1/export": () => ({ path: "/api/v1/export" }),
  "GET /api/v1/audit": () => ({ path: "/api/v1/audit?limit=1" }),
  "GET /api/v1/audit/export": (w) => ({ path: `/api/v1/audit/export?secret=${w.secret}` }),
  "GET /api/v1/services": () => ({ path: V }),
  "POST /api/v1/services": (w) => ({ path: V, body: { name: `${w.secret}-new` } }),
  "GET /api/v1/services/{id}": (w) => ({ path: `${V}/${w.serviceId}` }),
  "PATCH /api/v1/services/{id}": (w) => ({
    path: `${V}/${w.serviceId}`,
    body: { description: "other" },
  }),
  "DELETE /api/v1/services/{id}": (w) => ({ path: `${V}/${w.doomedServiceId}` }),
  "POST /api/v1/services/{id}/tokens": (w) => ({ path: `${V}/${w.serviceId}/tokens`, body: {} }),
  "DELETE /api/v1/services/{id}/tokens/{tokenId}": (w) => ({
    path: `${V}/${w.serviceId}/tokens/${w.tokenId}`,
  }),
  "GET /api/v1/held-services": () => ({ path: "/api/v1/held-services" }),
  "POST /api/v1/held-services": (w) => ({
    path: "/api/v1/held-services",
    body: { leaveOff: [w.serviceId] },
  }),
  "GET /api/v1/environments": () => ({ path: E }),
  "POST /api/v1/environments": (w) => ({
    path: E,
    body: { slug: `${w.environment}-new`, name: "New" },
  }),
  "PATCH /api/v1/environments/{slug}": (w) => ({
    path: `${E}/${w.environment}`,
    body: { name: "Other" },
  }),
  "DELETE /api/v1/environments/{slug}": (w) => ({ path: `${E}/${w.doomedEnvironment}` }),
  "GET /api/v1/keys": () => ({ path: "/api/v1/keys" }),
  "POST /api/v1/keys/rotate": () => ({ path: "/api/v1/keys/rotate" }),
  "POST /api/v1/keys/check": () => ({ path: "/api/v1/keys/check" }),
  "GET /api/v1/keys/check": () => ({ path: "/api/v1/keys/check" }),
  "DELETE /api/v1/keys/wraps/{fingerprint}": () => ({
    path: "/api/v1/keys/wraps/0123-4567-89ab-cdef",
  }),
  "POST /api/v1/backup": () => ({
    path: "/api/v1/backup",
    body: { passphrase: "a passphrase for tests" },
  }),
  "GET /api/v1/backup": () => ({ path: "/api/v1/backup" }),
  "POST /api/v1/audit/verify": () => ({ path: "/api/v1/audit/verify", body: {} }),
  "GET /api/v1/audit/verify": () => ({ path: "/api/v1/audit/verify" }),
  "GET /api/v1/audit/checkpoint": () => ({ path: "/api/v1/audit/checkpoint" }),
  "GET /api/v1/integrity": () => ({ path: "/api/v1/integrity" }),
  "GET /api/v1/audit/sinks": () => ({ path: "/api/v1/audit/sinks" }),
  "POST /api/v1/links/accept": () => ({
    path: "/api/v1/links/accept",
    body: { link: "x", password: "long enough to pass" },
  }),
  "GET /api/v1/users": () => ({ path: U }),
  "POST /api/v1/users": (w) => ({
    path: U,
    body: { email: `new-${w.userEmail}`, name: "New", role: "viewer" },
  }),
  "PATCH /api/v1/users/{id}": (w) => ({ path: `${U}/${w.userId}`, body: { role: "editor" } }),
  "DELETE /api/v1/users/{id}": (w) => ({ path: `${U}/${w.doomedUserId}` }),
  "POST /api/v1/users/{id}/link": (w) => ({ path: `${U}/${w.userId}/link` }),
  "GET /api/v1/account": () => ({ path: A }),
  "PATCH /api/v1/account": () => ({ path: A, body: { name: "Another name" } }),
  "POST /api/v1/account/password": () => ({
    path: `${A}/password`,
    body: { current: "not the password", password: "long enough to pass" },
  }),
  "POST /api/v1/account/confirm": () => ({
    path: `${A}/confirm`,
    body: { password: TEST_ADMIN.password },
  }),
  "POST /api/v1/account/two-step": () => ({ path: `${A}/two-step` }),
  "POST /api/v1/account/two-step/enable": () => ({
    path: `${A}/two-step/enable`,
    body: { code: "no code" },
  }),
  "POST /api/v1/account/two-step/recovery-codes": () => ({ path: `${A}/two-step/recovery-codes` }),
  "DELETE /api/v1/account/two-step": () => ({ path: `${A}/two-step` }),
  "DELETE /api/v1/users/{id}/two-step": (w) => ({ path: `${U}/${w.userId}/two-step` }),
  "GET /api/v1/policy": () => ({ path: "/api/v1/policy" }),
  "PATCH /api/v1/policy": () => ({ path: "/api/v1/policy", body: { requireTwoStep: false } }),
  "GET /api/v1/account/sessions": () => ({ path: `${A}/sessions` }),
  "DELETE /api/v1/account/sessions": () => ({ path: `${A}/sessions` }),
  "DELETE /api/v1/account/sessions/{id}": () => ({ path: `${A}/sessions/0123456789abcdef` }),
};

/** How a route is called in tables: `POST /api/v1/resolve`. */
export function routeName(route: Pick<Route, "method" | "path">): string {
  return `${route.method} ${route.path}`;
}

/** Every route with its name. */
export const everyRoute = routes.map((route) => ({ name: routeName(route), route }));

/** Every route that asks for credentials. */
export const closedRoutes = everyRoute.filter(({ route }) => !route.open);

/** Makes the example call of a route. */
export function callExample(client: Client, route: Route, world: World): Promise<Answer> {
  const example = EXAMPLES[routeName(route)];
  if (!example) throw new Error(`There is no example call for ${routeName(route)}: add one.`);
  const { path, body } = example(world, client.headers["authorization"] !== undefined);
  return client.send(route.method, path, body === undefined ? undefined : JSON.stringify(body));
}

/** Makes the example call of every route that asks for credentials, one after the other. */
export async function callAll(client: Client, world: World): Promise<Called[]> {
  const called: Called[] = [];
  for (const { name, route } of closedRoutes) {
    called.push({ name, route, answer: await callExample(client, route, world) });
  }
  return called;
}

/** The same, all at once: where every call is expected to be refused. */
export function callAllAtOnce(client: Client, world: World): Promise<Called[]> {
  return Promise.all(
    closedRoutes.map(async ({ name, route }) => ({
      ...{ name, route },
      answer: await callExample(client, route, world),
    })),
  );
}

interface Called {
  name: string;
  route: Route;
  answer: Answer;
}
