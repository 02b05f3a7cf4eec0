import type { ServerResponse } from "node:http";
import { isCofferError } from "./errors";

/**
 * The requests to Next that are not answered yet, by id, and whether their page could not be made because nothing can be done now.
 * Next bundles its own copy of lib/: hence on `globalThis`.
 */
const SLOT = Symbol.for("coffer.page-outages");

function pages(): Map<string, boolean> {
  const found = globalThis as unknown as Record<symbol, Map<string, boolean> | undefined>;
  return (found[SLOT] ??= new Map<string, boolean>());
}

/** To be told of each error that a page ends with. */
export function notePageError(error: unknown, requestId: unknown): void {
  if (!isCofferError(error) || error.code !== "unavailable") return;
  if (typeof requestId === "string" && pages().has(requestId)) pages().set(requestId, true);
}

/** Has the answer to a request say 503 where `notePageError` was told so of it: Next says 500 of every page that could not be made. */
export function tellOutage(response: ServerResponse, requestId: string): void {
  let status = response.statusCode;
  pages().set(requestId, false);
  response.once("close", () => pages().delete(requestId));
  Object.defineProperty(response, "statusCode", {
    get: () => status,
    set(given: number) {
      const isOutage = given === 500 && pages().get(requestId) === true;
      if (isOutage && !response.headersSent) response.setHeader("Retry-After", "1");
      status = isOutage ? 503 : given;
    },
  });
}
