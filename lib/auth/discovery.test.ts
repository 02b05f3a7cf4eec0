import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { discover } from "./discovery";

interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

/** An issuer whose discovery document is the right one with `changes`, or that answers otherwise. */
async function issuerWith(changes: object = {}, answer: Answer = {}) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(answer.status ?? 200, answer.headers);
    response.end(answer.body ?? JSON.stringify({ ...documentOf(issuer), ...changes }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const issuer = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return { issuer, asked };
}

const documentOf = (issuer: string) => ({
  ...{ issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token` },
  ...{ jwks_uri: `${issuer}/keys`, userinfo_endpoint: `${issuer}/me` },
});

test("a document that is right is read once for all who ask, and RS256 is the algorithm", async () => {
  const { issuer, asked } = await issuerWith({
    id_token_signing_alg_values_supported: ["none", "HS256", "ES256", "RS256"],
  });
  const [one, two] = await Promise.all([discover(issuer), discover(issuer)]);
  expect(one).toBe(two);
  expect(await discover(issuer)).toMatchObject({
    algorithm: "RS256",
    tokenEndpoint: `${issuer}/token`,
    authMethod: "client_secret_basic",
  });
  expect(asked).toEqual(["/.well-known/openid-configuration"]);
});

test.each<[what: string, changes: object]>([
  ["another issuer", { issuer: "https://evil.example" }],
  ["no issuer", { issuer: undefined }],
  ["no keys", { jwks_uri: undefined }],
  ["an endpoint that is no address", { token_endpoint: "token" }],
  ["an endpoint that is no web address", { userinfo_endpoint: "file:///etc/passwd" }],
  ["no algorithm but none", { id_token_signing_alg_values_supported: ["none"] }],
  ["no algorithm but HMAC", { id_token_signing_alg_values_supported: ["HS256", "HS512"] }],
])("a document with %s is refused", async (_what, changes) => {
  const { issuer } = await issuerWith(changes);
  await expect(discover(issuer)).rejects.toMatchObject({ code: "provider_refused" });
});

test.each<[what: string, answer: Answer]>([
  ["a redirect", { status: 302, headers: { location: "http://127.0.0.1:9/" } }],
  ["an error", { status: 500 }],
  ["not found", { status: 404 }],
  ["what is no JSON", { body: "<html>" }],
])(
  "%s instead of a document is a provider that can't be reached, until it can",
  async (_what, answer) => {
    const { issuer, asked } = await issuerWith({}, answer);
    await expect(discover(issuer)).rejects.toMatchObject({ code: "provider_unreachable" });
    Object.assign(answer, { status: 200, headers: {}, body: undefined });
    expect(await discover(issuer)).toMatchObject({ jwksUri: `${issuer}/keys` });
    expect(asked).toHaveLength(2);
  },
);

test("a provider that takes the secret only in the body gets it there", async () => {
  const { issuer } = await issuerWith({
    token_endpoint_auth_methods_supported: ["private_key_jwt", "client_secret_post"],
  });
  expect(await discover(issuer)).toMatchObject({ authMethod: "client_secret_post" });
});
