import { STATUS_CODES } from "node:http";
import { unsupported } from "./body";
import type { Route } from "./route";
import { CofferError, isCofferError, isRetryable, statusOf, type ErrorCode } from "../errors";

/** RFC 9457. `code` is stable; `detail` says what to do. Extra members depend on the code. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  requestId: string;
  [extra: string]: unknown;
}

/** The problem document of an error. One that Coffer did not mean to tell is `internal`, and says nothing. */
export function problemOf(error: CofferError, requestId: string): Problem {
  const status = statusOf(error.code);
  return {
    type: `urn:coffer:problem:${error.code}`,
    title: STATUS_CODES[status] ?? "Error",
    status,
    code: error.code,
    detail: error.message,
    requestId,
    ...(isRetryable(error.code) && { retryable: true }),
    ...error.details,
  };
}

/** Fastify's own refusals, by their code, as Coffer's. */
const FASTIFY: Record<string, [ErrorCode, string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [
    "body_too_large",
    "The body is larger than 1 MiB. Nothing was done.",
  ],
  FST_ERR_BAD_URL: ["bad_request", "The address has %-escapes that are not UTF-8."],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    "bad_request",
    "The body has another length than Content-Length says.",
  ],
};

/** Any error as one that can be told. What was not meant to be told becomes `internal`, with a cause. */
export function tellable(error: unknown, route?: Route): CofferError {
  if (isCofferError(error)) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") return unsupported(route?.documents);
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE" && route?.bodyLimit !== undefined) {
    return new CofferError(
      "body_too_large",
      "The body is larger than 24 MiB, so the source is larger than 16 MiB. Nothing was done. Split it.",
    );
  }
  const fastify = FASTIFY[code];
  if (fastify) return new CofferError(...fastify);
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
  if (typeof status === "number" && status >= 400 && status < 500) {
    return new CofferError("bad_request", "The request can't be understood.", { cause: error });
  }
  return new CofferError(
    "internal",
    "Something went wrong inside Coffer. Its log has more under this request's id.",
    { cause: error },
  );
}
