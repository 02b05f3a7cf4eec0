import { createServer, type RequestListener, type Server } from "node:http";
import { describeError, type Log } from "../log";
import type { ConsoleFront } from "./console";

const API = /^\/(api\/v1|v1|health|metrics)(\/|\?|$)/;

/** One server: API addresses go to Fastify, all others straight to Next, or to what says that it is elsewhere. */
export function serve(api: RequestListener, front: ConsoleFront, log: Log): Server {
  const server = createServer((request, response) => {
    if (API.test(request.url ?? "")) {
      api(request, response);
      return;
    }
    front.handle(request, response).catch((error: unknown) => {
      log.error(describeError(error), "a page failed");
      response.destroy();
    });
  });
  server.headersTimeout = 15_000;
  server.requestTimeout = 60_000;
  return server;
}
