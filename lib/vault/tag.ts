import { createHmac } from "node:crypto";
import type { ServiceCaller } from "../access/caller";
import type { Found } from "../reference/expand";
import type { Reference } from "../reference/segments";
import type { Decision } from "./decide";
import type { ResolveRequest } from "./vault";

type Tagger = (
  service: ServiceCaller,
  request: ResolveRequest,
  found: Found,
  decisions: ReadonlyMap<Reference, Decision>,
) => string;

/**
 * Makes the tag of an answer: an HMAC over caller, request, rules and each secret's version, and never over
 * output, so that a tag confirms no guess of a value. Two answers with one tag are the same answer.
 */
export function tagger(key: Buffer): Tagger {
  return (service, request, found, decisions) => {
    const { text, range } = found;
    const versions = Array.from(decisions, ([reference, decision]) =>
      decision.kind === "value"
        ? [reference.raw, decision.secretId, decision.version]
        : [reference.raw, null, 0],
    );
    const statement = JSON.stringify([
      service.id,
      service.rulesText,
      request.onMissing,
      request.only ?? null,
      request.paths ?? null,
      versions,
    ]);
    return createHmac("sha256", key)
      .update(statement)
      .update("\n")
      .update(text.slice(range.start, range.end))
      .digest("base64url");
  };
}
