import { z } from "zod";
import { MEDIA_TYPES } from "../reference/documents/formats";
import type { Route } from "./route";
import { problem } from "./schemas";

const JSON_TYPE = "application/json";

/** The OpenAPI 3.1 document, made from the schemas that validate. */
export function openApi(
  routes: readonly Route[],
  { url, cookie }: { url: string; cookie: string },
): object {
  const paths: Record<string, Record<string, object>> = {};
  const schemas: Schemas = {};
  for (const route of routes) {
    (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route, schemas);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Coffer",
      version: "1",
      description:
        "Write-once secrets, and a resolver that expands references to them. No answer but those of resolve and render has a value in it.",
    },
    servers: [{ url }],
    components: {
      schemas,
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "A service token: cfr_…" },
        session: { type: "apiKey", in: "cookie", name: cookie },
      },
    },
    paths,
  };
}

const DOCUMENTS = Object.fromEntries(
  MEDIA_TYPES.map((type) => [type, { schema: type === JSON_TYPE ? {} : { type: "string" } }]),
);
const TAG = { description: "To be sent back as `ifChangedFrom`", schema: { type: "string" } };

const EVENTS = {
  "text/event-stream": {
    schema: {
      type: "string",
      description: "Server-sent events `state`, `change` and `end`, each with JSON as its data",
      examples: ['id: zV3…\nevent: change\ndata: {"tag":"zV3…","rules":true,"references":[]}\n\n'],
    },
  },
};

/** The schemas that have a name (`meta({ id })`): each stands in the document once. */
type Schemas = Record<string, object>;

function operation(route: Route, schemas: Schemas): object {
  const jsonSchema = (schema: z.ZodType, io: "input" | "output") => shared(schema, io, schemas);
  return {
    operationId: operationId(route),
    summary: route.summary,
    security: route.open ? [] : [{ token: [] }, { session: [] }],
    parameters: [...parameters(route.params, "path"), ...parameters(route.query, "query")],
    ...((route.body ?? route.documents) && {
      requestBody: {
        required: !route.body?.safeParse(undefined).success,
        content: {
          ...(route.documents && DOCUMENTS),
          ...(route.body && { [JSON_TYPE]: { schema: jsonSchema(route.body, "input") } }),
        },
      },
    }),
    responses: {
      [route.status]: {
        description: route.summary,
        ...(route.answersDocument && { headers: { "x-coffer-tag": TAG }, content: DOCUMENTS }),
        ...(route.answersEvents && { content: EVENTS }),
        ...(route.answersFile.length > 0 && { content: files(route.answersFile) }),
        ...(route.answer && {
          content: { [JSON_TYPE]: { schema: jsonSchema(route.answer, "output") } },
        }),
      },
      ...(route.answersDocument && {
        204: { description: "Unchanged since `ifChangedFrom`", headers: { "x-coffer-tag": TAG } },
      }),
      default: {
        description: "A problem (RFC 9457). `code` is stable.",
        content: { "application/problem+json": { schema: jsonSchema(problem, "output") } },
      },
    },
  };
}

function files(types: readonly string[]): object {
  return Object.fromEntries(types.map((type) => [type, { schema: { type: "string" } }]));
}

function parameters(schema: z.ZodType | undefined, where: "path" | "query"): object[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, "input") as {
    properties?: Record<string, object>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === "path" || required.includes(name),
    schema: property,
  }));
}

/** `postSecretsByNameVersions`: one for each method and path, and the same in every release. */
function operationId({ method, path }: Route): string {
  const words = path
    .replace("/api/v1/", "")
    .split("/")
    .map((part) => part.replace("{", "By-").replace("}", "").split("-"));
  const capitalised = words.flat().map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return method.toLowerCase() + capitalised.join("");
}

/** A schema, with those that have a name put into `schemas` and referred to. */
function shared(schema: z.ZodType, io: "input" | "output", schemas: Schemas): object {
  const { $defs = {}, ...rest } = jsonSchema(schema, io);
  for (const [name, named] of Object.entries($defs)) schemas[name] = referring(named);
  return referring(rest);
}

function referring<T>(schema: T): T {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as T;
}

function jsonSchema(
  schema: z.ZodType,
  io: "input" | "output",
): { $defs?: Record<string, object> } & object {
  const schemaOf = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  delete schemaOf.$schema;
  return schemaOf;
}
