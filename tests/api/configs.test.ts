import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { mustCreateSecret, mustHaveService, shareCoffer, type Client } from "../support/coffer";
import { expectProblem } from "../support/problem";

/* Configs as the systems that Coffer serves have them, unchanged: rendered byte for byte as tests/fixtures/rendered has them. */

const PEM = "-----BEGIN KEY-----\nMIIE==\n-----END KEY-----\n";
const SECRETS = {
  ...{ OPENAI_API_KEY: 'sk-"openai"\\n', JIRA_BASIC_AUTH_TOKEN: "amlyYTp0b2tlbg==" },
  ...{ PINECONE_API_KEY: "pc-$SECRET/X", PAYMENT_API_KEY: "pay-{{Secrets.X}}" },
  ...{ MySecret: 'my "secret"', SIGNING_TIME: "1700000000", SMTP_PASSWORD: "p#ss w0rd" },
  ...{ JWT_PRIVATE_KEY: PEM, DB_PASSWORD: 'p"4\\5', STRIPE_KEY: "007", TLS_PRIVATE_KEY: PEM },
};
const TYPES = {
  ...{ json: "application/json", yaml: "application/yaml", env: "text/x-dotenv" },
};

const shared = shareCoffer({ env: { COFFER_ENV_ALLOW: "VAULT_TOKEN", VAULT_TOKEN: "hvs.CAESI" } });
let service: Client;

beforeAll(async () => {
  const { coffer, admin } = shared;
  for (const [name, value] of Object.entries(SECRETS)) await mustCreateSecret(admin, name, value);
  const rule = { actions: ["resolve", "check"] as never, env: ["VAULT_TOKEN"] };
  service = await mustHaveService(coffer, admin, ["*"], rule);
});

const read = (folder: string, name: string): string =>
  readFileSync(new URL(`../fixtures/${folder}/${name}`, import.meta.url), "utf8");

const typeOf = (name: string): string => TYPES[name.split(".")[1] as keyof typeof TYPES];

const render = (name: string) =>
  service.send("POST", "/api/v1/render", read("configs", name), { "content-type": typeOf(name) });

describe("a config of another system", () => {
  test.each([
    ...["tyk-llm.json", "tyk-tool.json", "api7-route.json", "apistore-endpoint.json"],
    ...["apisix-secret.json", "app.env", "docker-compose.yaml"],
  ])("%s comes out as it went in, but for its references", async (name) => {
    const answer = await render(name);
    expect(answer.text).toBe(read("rendered", name));
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe(`${typeOf(name)}; charset=utf-8`);
  });

  test.each(["tyk-llm.json", "tyk-tool.json", "api7-route.json", "apistore-endpoint.json"])(
    "%s says the same by way of resolve",
    async (name) => {
      const body = `{"config":${read("configs", name)}}`;
      const answer = await service.send("POST", "/api/v1/resolve", body);
      const from = '{"config":'.length;
      const expected = read("rendered", name).trim();
      expect(answer.text.slice(from, from + expected.length)).toBe(expected);
    },
  );

  test("that names an external manager is refused, until there are managers", async () => {
    const { failures } = expectProblem(await render("apisix-consumer.json"), 422, "unresolved", [
      "failures",
    ]);
    expect(failures).toMatchObject([
      {
        reference: "$secret://vault/gateway/jack/auth-key",
        reason: "unsupported",
        paths: ["/plugins/key-auth/key"],
      },
    ]);
  });
});
