import { answerHeaders } from "../api/headers";
import { originOfRequest } from "../api/origin";
import type { Config } from "../config";
import type { ConsoleFront } from "./console";

const MESSAGE =
  "This instance of Coffer serves the API only (COFFER_ROLE=api). The console is at an instance whose COFFER_ROLE is console or all.\n";

/** In the place of the console where there is none: every page is not found, and says why. Next is not even loaded. */
export function withoutConsole(config: Config): ConsoleFront {
  return {
    handle(request, response) {
      response.writeHead(404, {
        ...answerHeaders(config),
        "content-type": "text/plain; charset=utf-8",
        "x-request-id": originOfRequest(config, request).requestId,
      });
      response.end(MESSAGE);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}
