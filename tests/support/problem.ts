import { expect } from "vitest";
import type { ErrorCode } from "../../lib/errors";
import type { Answer } from "./coffer";

/** The members that every problem has (RFC 9457 and Coffer's own), and those that some have. */
const MEMBERS = ["type", "title", "status", "code", "detail", "requestId"];

export interface ProblemBody {
  code: string;
  detail: string;
  requestId: string;
  errors?: { pointer: string; message: string }[];
  failures?: FailureBody[];
  [extra: string]: unknown;
}

export interface FailureBody {
  reference: string;
  name: string | null;
  reason: string;
  message: string;
  paths: string[];
}

/**
 * Expects a refusal as every refusal must be: a problem document with this status and code, no member that
 * is not named here, the request's id in body and header, and nothing that a cache may keep.
 */
export function expectProblem(
  answer: Answer,
  status: number,
  code: ErrorCode,
  extras: string[] = [],
): ProblemBody {
  expect({ status: answer.status, code: answer.json?.["code"] }, answer.text).toEqual({
    status,
    code,
  });
  expect(answer.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  const body = answer.json as ProblemBody;
  const optional = ["errors", ...([429, 503].includes(status) ? ["retryable"] : [])];
  const keys = Object.keys(body).filter((key) => !optional.includes(key));
  expect(keys.sort()).toEqual([...MEMBERS, ...extras].sort());
  expect(body).toMatchObject({ type: `urn:coffer:problem:${code}`, status });
  expect(body.detail).not.toBe("");
  expect(body.requestId).toBe(answer.headers.get("x-request-id"));
  return body;
}
