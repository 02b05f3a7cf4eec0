import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { clientAddress } from "../address";
import type { Config } from "../config";
import { CofferError, statusOf } from "../errors";
import { Tally } from "../vault/tally";
import type { Vault } from "../vault/vault";
import { answerHeaders } from "./headers";
import { problemOf, tellable } from "./problem";

/** Rows for what is no HTTP, from everybody together: a port scan must not fill the record. */
const RECORDED = { most: 1, perMs: 1_000 };

/**
 * Answers what never became a request, because Node's HTTP parser refused it: with a problem that has an id, and
 * on record, one a second at most. Node by itself would answer a bare status and tell nobody.
 */
export function clientErrorHandler({ vault, config }: { vault: Vault; config: Config }) {
  const recorded = new Tally(RECORDED, () => new Date());

  async function refuse(thrown: Error, socket: Socket): Promise<void> {
    const requestId = randomUUID();
    const address = clientAddress(config.trustedProxies, socket.remoteAddress ?? "", undefined);
    const origin = { address, userAgent: "", requestId };
    let error = refusalOf(thrown);
    try {
      if (recorded.take("") === 0) {
        await vault.noteRefusal({ kind: "nobody", origin }, { action: "unknown_route" }, error);
      }
    } catch (unrecorded) {
      error = tellable(unrecorded);
    }
    if (isAnswerable(socket)) socket.end(answerText(config, error, requestId));
    else socket.destroy();
  }

  return (error: Error, socket: Socket): void => {
    if ("code" in error && error.code === "ECONNRESET") socket.destroy();
    else void refuse(error, socket);
  };
}

function refusalOf(error: Error): CofferError {
  switch ("code" in error ? error.code : undefined) {
    case "HPE_HEADER_OVERFLOW":
      return new CofferError("headers_too_large", "The headers of the request are too large.");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new CofferError("request_timeout", "The request did not arrive in time.");
    default:
      return new CofferError("bad_request", "This is not a well-formed HTTP request.");
  }
}

/** Whether nothing has been sent in answer yet: a second answer would be taken for a part of the first. */
function isAnswerable(socket: Socket): boolean {
  const { _httpMessage: answer } = socket as { _httpMessage?: { headersSent: boolean } | null };
  return socket.writable && answer?.headersSent !== true;
}

function answerText(config: Config, error: CofferError, requestId: string): string {
  const status = statusOf(error.code);
  const body = JSON.stringify(problemOf(error, requestId));
  return [
    `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? "Error"}`,
    "content-type: application/problem+json; charset=utf-8",
    `content-length: ${String(Buffer.byteLength(body))}`,
    `x-request-id: ${requestId}`,
    ...Object.entries(answerHeaders(config)).map(([name, value]) => `${name}: ${value}`),
    "connection: close",
    "",
    body,
  ].join("\r\n");
}
