import { createHmac, createSecretKey } from "node:crypto";
import type { ServiceCaller } from "../access/caller";
import type { Document } from "../reference/document";
import type { Decisions } from "./references";
import type { OnMissing } from "./vault";
import type { Standpoint, Watched } from "./watched";

/** What of a request its answer depends on, beside the text that was sent. */
export interface TaggedRequest {
  /** What kind of answer it is: `resolve`, or the media type of a document. */
  kind: string;
  onMissing: OnMissing;
  only: readonly string[] | undefined;
  paths: readonly string[] | undefined;
}

type WatchTagger = (
  service: ServiceCaller,
  terms: readonly unknown[],
  watched: Watched,
  references: readonly Standpoint[],
) => string;

/** Makes the tag of what somebody who watches was told, as `tagger` does: two with one tag are the same. */
export function watchTagger(keyBytes: Buffer, start: string): WatchTagger {
  const key = createSecretKey(keyBytes);
  return (service, terms, { uses, mistakes }, references) => {
    const statement = JSON.stringify([
      ...["watch", service.id, service.rulesText, terms],
      uses.map(({ reference: { kind, canonical, fallback } }, at) => [
        ...[canonical, fallback !== undefined, references[at]?.mark],
        kind === "env" ? start : null,
      ]),
      mistakes.map(({ reference }) => reference),
    ]);
    return createHmac("sha256", key).update(statement).digest("base64url");
  };
}

type Tagger = (
  service: ServiceCaller,
  request: TaggedRequest,
  document: Document,
  decisions: Decisions,
) => string;

/**
 * Makes the tag of an answer: an HMAC over caller, request, rules and each secret's version, and never over
 * output, so that a tag confirms no guess of a value. Two answers with one tag are the same answer. Variables
 * of the server have no version: they stay as they are as long as the process, so its start stands for one.
 * @param start names this start of the process: the id of its journal
 */
export function tagger(keyBytes: Buffer, start: string): Tagger {
  const key = createSecretKey(keyBytes);
  return (service, { kind, onMissing, only, paths }, { text }, decisions) => {
    const versions = Array.from(decisions, ([reference, decision]) =>
      decision.kind === "value"
        ? [reference.raw, decision.secretId, decision.version]
        : [reference.raw, decision.kind === "variable" ? start : null, 0],
    );
    const statement = JSON.stringify([
      kind,
      service.id,
      service.rulesText,
      onMissing,
      only ?? null,
      paths ?? null,
      versions,
    ]);
    return createHmac("sha256", key)
      .update(statement)
      .update("\n")
      .update(text)
      .digest("base64url");
  };
}
