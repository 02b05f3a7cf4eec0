import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Route } from "../../lib/api/route";
import { routes } from "../../lib/api/routes/all";
import { asNobody, mustHaveService, shareCoffer, startCoffer } from "../support/coffer";
import {
  callExample,
  closedRoutes,
  everyRoute,
  FAILING_EXAMPLES,
  makeWorld,
  routeName,
  SERVICES_ONLY,
} from "../support/every-route";

interface Operation {
  operationId: string;
  summary: string;
  security: object[];
  parameters: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: { required: boolean; content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
}

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: unknown;
  anyOf?: Schema[];
}

interface Document {
  openapi: string;
  components: { schemas: Record<string, Schema> };
  servers: { url: string }[];
  paths: Record<string, Record<string, Operation>>;
}

const shared = shareCoffer();

async function document(): Promise<Document> {
  const answer = await asNobody(shared.coffer).get("/api/v1/openapi.json");
  expect(answer.status).toBe(200);
  return answer.json as unknown as Document;
}

const operationOf = ({ paths }: Document, route: Route) =>
  paths[route.path]?.[route.method.toLowerCase()];

describe("the OpenAPI document", () => {
  test("is 3.1, names this server, and has every route and no other", async () => {
    const { openapi, servers, paths } = await document();
    expect(openapi).toBe("3.1.0");
    expect(servers).toEqual([{ url: shared.coffer.config.url }]);
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(documented.sort()).toEqual(routes.map(routeName).sort());
  });

  test("names COFFER_URL where one is set", async () => {
    const coffer = await startCoffer({ env: { COFFER_URL: "https://coffer.example.com" } });
    const { json } = await asNobody(coffer).get("/api/v1/openapi.json");
    expect(json?.["servers"]).toEqual([{ url: "https://coffer.example.com" }]);
  });

  test("says of every operation what it is, who may call it, and what comes back", async () => {
    const api = await document();
    for (const route of routes) {
      const operation = operationOf(api, route);
      expect(operation?.summary, routeName(route)).toMatch(/^[A-Z].{5,}/);
      expect(operation?.security).toHaveLength(route.open ? 0 : 2);
      expect(Object.keys(operation?.responses ?? {})).toEqual([
        ...[String(route.status), ...(route.answersDocument ? ["204"] : []), "default"],
      ]);
      const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const parameters = operation?.parameters ?? [];
      expect(parameters.filter((each) => each.in === "path").map(({ name }) => name)).toEqual(
        inPath,
      );
      expect(parameters.filter((each) => each.in === "path").every((each) => each.required)).toBe(
        true,
      );
    }
  });

  test("has no unknown field in any request, and requires what is required", async () => {
    const api = await document();
    for (const route of routes.filter(({ body }) => body)) {
      const body = operationOf(api, route)?.requestBody;
      const schema = body?.content["application/json"]?.schema;
      expect(schema?.type, routeName(route)).toBe("object");
      expect(schema?.additionalProperties, routeName(route)).toBe(false);
    }
    const resolve = api.paths["/api/v1/resolve"]?.["post"]?.requestBody;
    expect(resolve?.required).toBe(true);
    expect(resolve?.content["application/json"]?.schema.required).toEqual(["config"]);
    const tokens = api.paths["/api/v1/services/{id}/tokens"]?.["post"]?.requestBody;
    expect(tokens?.required).toBe(false);
  });

  test("has a value in what two requests take, and in no answer", async () => {
    const api = await document();
    const takesValue: string[] = [];
    for (const route of routes) {
      const operation = operationOf(api, route);
      const taken = operation?.requestBody?.content["application/json"]?.schema.properties ?? {};
      if ("value" in taken) takesValue.push(routeName(route));
      expect(JSON.stringify(operation?.responses), routeName(route)).not.toContain('"value"');
    }
    expect(JSON.stringify(api.components.schemas)).not.toContain('"value"');
    expect(takesValue).toEqual(["POST /api/v1/secrets", "POST /api/v1/secrets/{name}/versions"]);
  });

  test("has an operationId for each operation, and none twice", async () => {
    const { paths } = await document();
    const ids = Object.values(paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    for (const id of ids) expect(id).toMatch(/^(get|post|patch|delete)[A-Z][A-Za-z]+$/);
    expect(new Set(ids).size).toBe(routes.length);
  });

  test("has what repeats once, under a name, and every reference leads to one", async () => {
    const api = await document();
    const { schemas } = api.components;
    expect(Object.keys(schemas)).toEqual(
      expect.arrayContaining(["Problem", "Secret", "Service", "Token", "Person"]),
    );
    const references = Array.from(
      JSON.stringify(api).matchAll(/"\$ref":"([^"]*)"/g),
      ([, reference]) => reference ?? "",
    );
    for (const reference of references) {
      expect(Object.keys(schemas).map((name) => `#/components/schemas/${name}`)).toContain(
        reference,
      );
    }
    for (const methods of Object.values(api.paths)) {
      for (const { responses } of Object.values(methods)) {
        expect(responses["default"]?.content?.["application/problem+json"]?.schema).toEqual({
          $ref: "#/components/schemas/Problem",
        });
      }
    }
  });

  test("is the truth: every route answers with what its schema says, and nothing beside it", async () => {
    const { coffer, admin } = shared;
    const world = await makeWorld(admin);
    const service = await mustHaveService(coffer, admin, ["*"]);
    for (const { name, route } of closedRoutes.filter(({ name }) => !(name in FAILING_EXAMPLES))) {
      const client = SERVICES_ONLY.has(name) ? service : admin;
      const answer = await callExample(client, route, world);
      expect(answer.status, name).toBe(route.status);
      if (!route.answer) {
        const answersNothing =
          !route.answersDocument && !route.answersEvents && route.answersFile.length === 0;
        if (answersNothing) expect(answer.text, name).toBe("");
        continue;
      }
      // An object schema drops what it does not know, so what it gives back must be all that was sent.
      const parsed: unknown = z.parse(route.answer, answer.json);
      expect(parsed, name).toStrictEqual(answer.json);
    }
    const whoami = everyRoute.find(({ name }) => name === "GET /api/v1/whoami")?.route;
    const answer = await service.get("/api/v1/whoami");
    if (whoami?.answer) expect(z.parse(whoami.answer, answer.json)).toStrictEqual(answer.json);
  });
});
