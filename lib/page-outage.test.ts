import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import { CofferError } from "./errors";
import { notePageError, tellOutage } from "./page-outage";

const OUTAGE = new CofferError("unavailable", "Not now.");

/** The answer to a request, as Next has it that could not make the page. */
function failed(requestId: string, ...errors: unknown[]): ServerResponse {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  tellOutage(response, requestId);
  for (const error of errors) notePageError(error, requestId);
  response.statusCode = 500;
  return response;
}

test("a page that can't be made because of an outage answers 503, and when to try again", () => {
  const response = failed("a", OUTAGE);
  expect([response.statusCode, response.getHeader("retry-after")]).toEqual([503, "1"]);
});

test.each([
  ["an error of another kind", new Error("Not now.")],
  ["a refusal", new CofferError("forbidden", "No.")],
])("one that fails by %s answers 500", (_what, error) => {
  const response = failed("b", error);
  expect([response.statusCode, response.getHeader("retry-after")]).toEqual([500, undefined]);
});

test("another status stays as it is", () => {
  const response = failed("c", OUTAGE);
  response.statusCode = 404;
  expect(response.statusCode).toBe(404);
});

test("nothing is kept of a request that is over, or that is none to Next", () => {
  notePageError(OUTAGE, "d");
  expect(failed("d").statusCode).toBe(500);
  failed("e", OUTAGE).emit("close");
  notePageError(OUTAGE, "e");
  expect(failed("e").statusCode).toBe(500);
});
