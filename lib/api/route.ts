import type { z } from "zod";
import type { Caller } from "../access/caller";
import { CofferError } from "../errors";
import type { Tier } from "../vault/rates";
import type { Vault } from "../vault/vault";
import type { SentBody } from "./body";

/** What a handler is given: everything checked against the route's schemas. */
export interface Call<Params, Query, Body> {
  vault: Vault;
  caller: Caller;
  params: Params;
  query: Query;
  body: Body;
  /** The body as it was sent. */
  text: string;
  /** The body's type, without parameters. */
  mediaType: string;
  /** The id of the event that the caller heard last, where they say so. */
  lastEventId: string | undefined;
}

/** One route: what it takes, what it answers, and the one vault function that it calls. */
export interface Route {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** As in OpenAPI: `/api/v1/secrets/{name}`. */
  path: string;
  summary: string;
  /** What the record calls an attempt that is refused before it reaches the vault. */
  action: string;
  /** The same, where it depends on the query, which is not checked yet. */
  actionOf?: ((query: unknown) => string) | undefined;
  /** Whether somebody without credentials is let through to the vault: people who are to get some. */
  open: boolean;
  /** Which limit its calls count towards. */
  tier: Tier;
  status: 200 | 201 | 204;
  params: z.ZodType | undefined;
  query: z.ZodType | undefined;
  body: z.ZodType | undefined;
  answer: z.ZodType | undefined;
  /** Answers with a value to be sent as JSON, or with text that is JSON already. */
  handle: (call: Call<unknown, unknown, unknown>) => Promise<unknown>;
  /** Whether `handle` answers with text that is JSON already. */
  raw: boolean;
  /** Whether the body may be a document, of any format that Coffer reads; JSON is one unless there is a schema for it. */
  documents: boolean;
  /** Whether `handle` answers with a document (`Rendered`), in the format of the body. */
  answersDocument: boolean;
  /** The types of the file that `handle` answers with (`ExportedFile`), for a browser to keep; none else. */
  answersFile: readonly string[];
  /** Whether `handle` answers with events (`WatchStream`), which are sent as they come. */
  answersEvents: boolean;
  /** The largest body, in bytes; undefined: as everywhere. */
  bodyLimit: number | undefined;
  /** Asked before the body is read whether the caller may send one so large. What it returns is called in the end. */
  enter: ((vault: Vault, caller: Caller) => () => void) | undefined;
}

type Output<S> = S extends z.ZodType ? z.output<S> : undefined;

interface Declaration<P, Q, B> {
  method: Route["method"];
  path: string;
  summary: string;
  action: string;
  actionOf?: Route["actionOf"];
  open?: boolean;
  tier?: Tier;
  status?: Route["status"];
  params?: P;
  query?: Q;
  body?: B;
  answer?: z.ZodType;
  raw?: boolean;
  documents?: boolean;
  answersDocument?: boolean;
  answersFile?: readonly string[];
  answersEvents?: boolean;
  bodyLimit?: number;
  enter?: Route["enter"];
  handle: (call: Call<Output<P>, Output<Q>, Output<B>>) => Promise<unknown>;
}

/** Declares a route, with the types of its handler taken from its schemas. */
export function route<
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(declaration: Declaration<P, Q, B>): Route {
  const { open = false, tier = "management", status = 200, raw = false } = declaration;
  const { documents = false, answersDocument = false, answersFile = [] } = declaration;
  const { answersEvents = false } = declaration;
  const { params, query, body, answer, bodyLimit, enter } = declaration;
  const handle = declaration.handle as Route["handle"];
  return {
    ...{ ...declaration, open, tier, status, raw, documents, answersDocument },
    ...{ params, query, body, answer, handle, answersFile, answersEvents, bodyLimit, enter },
  };
}

/** Checks what was sent against a route's schemas. @throws CofferError `invalid_request` */
export function checkedCall(
  route: Route,
  vault: Vault,
  sent: {
    caller: Caller;
    params: unknown;
    query: unknown;
    body: SentBody | undefined;
    lastEventId: string | undefined;
  },
): Call<unknown, unknown, unknown> {
  if (route.documents && sent.body === undefined) {
    throw new CofferError("invalid_request", "The body is empty. Send the document as the body.");
  }
  const isDocument = route.documents && sent.body?.value === undefined;
  return {
    vault,
    caller: sent.caller,
    params: checked(route.params, sent.params, "path"),
    query: checked(route.query, sent.query, "query"),
    body: isDocument ? undefined : route.body && checked(route.body, sent.body?.value, "body"),
    text: sent.body?.text ?? "",
    mediaType: sent.body?.mediaType ?? "",
    lastEventId: sent.lastEventId,
  };
}

function checked(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (schema === undefined) {
    if (where === "query" && Object.keys(value as object).length > 0) {
      throw invalid(where, [{ pointer: "", message: "no query parameters are known here" }]);
    }
    return undefined;
  }
  if (isObject(value) && Object.hasOwn(value, "__proto__")) {
    throw invalid(where, [{ pointer: "/__proto__", message: "unknown field" }]);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(
    where,
    result.error.issues.map((issue) => ({
      pointer: issue.path.map((part) => `/${String(part)}`).join(""),
      message: plainMessage(issue),
    })),
  );
}

/** What is wrong, in words for people where the schema library's are for those who know it. */
function plainMessage(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") {
    return `unknown field: ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}`;
  }
  const isAbsent = issue.code === "invalid_type" && issue.message.endsWith("received undefined");
  return isAbsent ? "is required" : issue.message;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function invalid(where: string, errors: { pointer: string; message: string }[]): CofferError {
  const list = errors.map(({ pointer, message }) => `${pointer || "/"}: ${message}`).join("; ");
  return new CofferError("invalid_request", `The ${where} is not as expected. ${list}`, {
    details: { errors },
  });
}
