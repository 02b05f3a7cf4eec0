import type { ServerResponse } from "node:http";
import { isCofferError } from "./errors";

/** Ids of the requests whose page could not be made because nothing can be done now. Next bundles its own copy of lib/: hence on `globalThis`. */
const SLOT = Symbol.for("coffer.page-outages");

function failedForOutage(): Set<string> {
  const found = globalThis as unknown as Record<symbol, Set<string> | undefined>;
  return (found[SLOT] ??= new Set());
}

/** To be told of each error that a page ends with. */
export function notePageError(error: unknown, requestId: unknown): void {
  if (!isCofferError(error) || error.code !== "unavailable") return;
  if (typeof requestId === "string") failedForOutage().add(requestId);
}

/** Has the answer to a request say 503 where `notePageError` was told so of it: Next says 500 of every page that could not be made. */
export function tellOutage(response: ServerResponse, requestId: string): void {
  const failed = failedForOutage();
  let status = response.statusCode;
  Object.defineProperty(response, "statusCode", {
    get: () => status,
    set(given: number) {
      const isOutage = given === 500 && failed.has(requestId);
      if (isOutage && !response.headersSent) response.setHeader("Retry-After", "1");
      status = isOutage ? 503 : given;
    },
  });
  response.once("close", () => failed.delete(requestId));
}
