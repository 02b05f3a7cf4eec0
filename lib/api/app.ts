import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import {
  createServer,
  type OutgoingHttpHeaders,
  type RequestListener,
  type Server,
} from "node:http";
import { Readable } from "node:stream";
import type { Caller, Origin } from "../access/caller";
import { sessionCookieName } from "../auth/session";
import type { Config } from "../config";
import { CofferError, statusOf } from "../errors";
import { describeError, type Log } from "../log";
import type { ExportedFile, Rendered, Vault, WatchStream } from "../vault/vault";
import { admit, requireKnownHost } from "./admit";
import { BODY_LIMIT_BYTES, readBody, requireIdentity, type SentBody } from "./body";
import { clientErrorHandler } from "./client-error";
import { EVENT_HEADERS, writeEvents } from "./event-stream";
import { answerHeaders } from "./headers";
import { openApi } from "./openapi";
import { originOfRequest } from "./origin";
import { problemOf, tellable } from "./problem";
import { checkedCall, type Route } from "./route";
import { Stage } from "./stage";
import { routes } from "./routes/all";

declare module "fastify" {
  interface FastifyRequest {
    from: Origin;
    caller: Caller;
    /** On the clock of `performance.now()`. */
    admittedAt: number;
  }
  interface FastifyContextConfig {
    route?: Route;
    /** What the record calls a refusal, where there is no route. */
    action?: string;
  }
}

export interface ApiOptions {
  vault: Vault;
  config: Config;
  log: Log;
  /** Makes the server that Fastify answers on, so that other things can be served beside it. */
  serverFactory?: (api: RequestListener) => Server;
}

/** Longer than this between head and body of a request, and who sends it is found out again. */
const ADMISSION_LASTS_MS = 20;

/** The API as a Fastify instance that listens to nothing yet. */
export function buildApi(options: ApiOptions): FastifyInstance {
  const { vault, config, serverFactory = createServer } = options;
  const app = Fastify<Server>({
    bodyLimit: BODY_LIMIT_BYTES,
    // Longer than any address that node:http lets through: the schemas say what is too long.
    routerOptions: { maxParamLength: 65_536 },
    serverFactory: (api) => serverFactory(api),
    clientErrorHandler: clientErrorHandler(options),
    frameworkErrors: (error, request, reply) => {
      arrive(config, request, reply); // an address that can't be decoded reaches no hook
      void refuse(options, error, request, reply);
    },
  });
  app.decorateRequest("from");
  app.decorateRequest("caller");
  app.decorateRequest("admittedAt", 0);
  app.removeAllContentTypeParsers();
  // What a body says is read where its request is answered.
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, bytes, done) => {
    done(null, bytes);
  });

  const admission = new Stage();
  app.addHook("onRequest", async (request, reply) => {
    arrive(config, request, reply);
    await admission.next();
    const { route } = request.routeOptions.config;
    if (route) {
      request.caller = await admit(vault, config, route, request.headers, request.from);
      vault.takeTurn(request.caller, route.tier);
      const leave = route.enter?.(vault, request.caller);
      if (leave) reply.raw.once("close", leave);
    }
    request.admittedAt = performance.now();
  });
  app.addHook("preClose", () => vault.resolver.endWatches());
  app.setErrorHandler((error, request, reply) => refuse(options, error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const methods = methodsAt(request);
    if (methods.length > 0) reply.header("allow", methods.join(", "));
    return refuse(options, unknownRoute(methods), request, reply);
  });

  const answering = new Stage();
  for (const route of routes) addRoute(app, options, route, answering);
  const cookie = sessionCookieName(vault.sessionCookie().secure);
  const document = openApi(routes, { url: config.url, cookie });
  app.get("/api/v1/openapi.json", { config: { action: "openapi.read" } }, (request) => {
    requireKnownHost(config, request.headers.host);
    return document;
  });
  app.get("/health/live", () => ({ status: "ok" }));
  app.get("/health/ready", async () => {
    await vault.ready();
    return { status: "ok" };
  });
  return app;
}

/** Gives a request its id and its origin, and the answer what every answer has. */
function arrive(config: Config, request: FastifyRequest, reply: FastifyReply): void {
  request.from = originOfRequest(config, request.raw);
  request.caller = { kind: "nobody", origin: request.from };
  reply.headers(answerHeaders(config));
  reply.header("x-request-id", request.from.requestId);
}

function addRoute(
  app: FastifyInstance,
  { vault, config }: ApiOptions,
  route: Route,
  answering: Stage,
): void {
  app.route({
    method: route.method,
    url: route.path.replaceAll(/\{(\w+)\}/g, ":$1"),
    config: { route },
    ...(route.bodyLimit !== undefined && { bodyLimit: route.bodyLimit }),
    async handler(request, reply) {
      await answering.next();
      // A body may take its time, and the caller may have been refused since: a token that was revoked in the
      // meantime must not get a value that was rotated in the meantime.
      if (performance.now() - request.admittedAt >= ADMISSION_LASTS_MS) {
        request.caller = await admit(vault, config, route, request.headers, request.from);
      }
      const { caller, params, query } = request;
      const body = sentBody(route, request);
      const lastEventId = singleHeader(request.headers["last-event-id"]);
      const sent = { caller, params, query, body, lastEventId };
      const answer = await route.handle(checkedCall(route, vault, sent));
      if (route.answersDocument) return sendDocument(reply, answer as Rendered, body?.mediaType);
      if (route.answersEvents) return sendEvents(request, reply, answer as WatchStream);
      if (route.answersFile.length > 0) return sendFile(reply, answer as ExportedFile);
      reply.code(route.status);
      if (route.status === 204) return reply.send();
      const json = route.raw ? (answer as string) : JSON.stringify(answer);
      return reply.header("content-type", "application/json; charset=utf-8").send(json);
    },
  });
}

/** What was sent as the body, read as `route` takes it; undefined where nothing was. */
function sentBody(route: Route, { body, headers }: FastifyRequest): SentBody | undefined {
  if (body === undefined) return undefined;
  requireIdentity(headers["content-encoding"]);
  return readBody(route, headers["content-type"], body as Buffer);
}

/** Answers with a document, or with nothing where it is the one that the caller has. */
function sendDocument(
  reply: FastifyReply,
  { text, tag }: Rendered,
  mediaType = "text/plain",
): FastifyReply {
  reply.header("x-coffer-tag", tag);
  if (text === null) return reply.code(204).send();
  return reply.header("content-type", `${mediaType}; charset=utf-8`).send(text);
}

/** Answers with events as they come, for as long as there are any and somebody takes them. */
function sendEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  stream: WatchStream,
): FastifyReply {
  request.body = undefined; // which would be in memory for as long as the answer lasts
  reply.headers(EVENT_HEADERS);
  if (request.method === "HEAD") stream.close();
  reply.hijack();
  reply.raw.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders);
  void writeEvents(reply.raw, stream);
  return reply;
}

function singleHeader(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : undefined;
}

/** Whoever takes nothing of a file for so long has gone away. */
const STALLED_MS = 60_000;

/**
 * Answers with a file as it comes, for a browser to keep and not to show. Where the connection ends before the file does, or
 * stands still, the file's source is returned from.
 */
function sendFile(
  reply: FastifyReply,
  { mediaType, fileName, pieces }: ExportedFile,
): FastifyReply {
  const isText = mediaType !== "application/octet-stream";
  reply.header("content-type", isText ? `${mediaType}; charset=utf-8` : mediaType);
  reply.header("content-disposition", `attachment; filename="${fileName}"`);
  reply.raw.setTimeout(STALLED_MS, () => reply.raw.destroy());
  return reply.send(Readable.from(pieces));
}

/** Answers with a problem, once the refusal is on record. */
async function refuse(
  { vault, log }: ApiOptions,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { requestId } = request.from;
  const { route, action = "unknown_route" } = request.routeOptions.config;
  const attempted = route?.actionOf?.(request.query) ?? route?.action ?? action;
  let error = tellable(thrown, route);
  try {
    await vault.noteRefusal(request.caller, { action: attempted }, error);
  } catch (unrecorded) {
    error = tellable(unrecorded);
  }
  const status = statusOf(error.code);
  if (status >= 500)
    log.error({ requestId, action: attempted, ...describeError(error.cause ?? error) }, error.code);
  const waitSeconds = status === 503 ? 1 : error.details?.["retryAfterSeconds"];
  if (typeof waitSeconds === "number") reply.header("retry-after", String(waitSeconds));
  reply.removeHeader("content-disposition"); // of a file that failed before its first byte
  if (status === 401) reply.header("www-authenticate", "Bearer");
  return reply
    .code(status)
    .header("content-type", "application/problem+json; charset=utf-8")
    .send(JSON.stringify(problemOf(error, requestId)));
}

const PATHS = routes.map(({ path, method }) => ({
  method,
  matches: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
}));

/** What the address of a request takes: nothing where there is no such address. */
function methodsAt(request: FastifyRequest): string[] {
  const path = request.url.split("?", 1)[0] ?? "";
  const found = PATHS.filter(({ matches }) => matches.test(path)).map(({ method }) => method);
  return found.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
}

function unknownRoute(methods: readonly string[]): CofferError {
  return methods.length === 0
    ? new CofferError("not_found", "There is nothing at this address.")
    : new CofferError("method_not_allowed", `This address takes ${methods.join(", ")}.`);
}
