import type { Caller, ServiceCaller } from "../access/caller";
import { CofferError } from "../errors";
import type { Document, Unencodable } from "../reference/document";
import type { Reference } from "../reference/segments";
import { checkFunctions } from "./check";
import type { DocumentWorker } from "./documents";
import { demand, type Door } from "./door";
import { failureList, unresolved, type Failure } from "./failures";
import { valuesOf, type OpenOptions } from "./open-values";
import { renderFunction } from "./render";
import { decideAll, type Decisions } from "./references";
import { resolveFunction } from "./resolve";
import type { SecretCache } from "./secret-cache";
import type { ServiceCallers } from "./service-callers";
import { tagger, type TaggedRequest } from "./tag";
import type { UseCounter } from "./uses";
import type { Resolver } from "./vault";
import { watchFunctions, type WatchOptions } from "./watching";

/** What the functions of the resolver are made of. */
export interface ResolverOptions extends OpenOptions {
  callers: ServiceCallers;
  secrets: SecretCache;
  uses: UseCounter;
  documents: DocumentWorker;
}

/** The functions that expand references, and the one that says what would. */
export function resolverFunctions(door: Door, options: WatchOptions): Resolver {
  const expand = expander(door, options);
  return {
    resolve: resolveFunction(door, options, expand),
    render: renderFunction(door, options, expand),
    ...checkFunctions(door, options),
    ...watchFunctions(door, options),
  };
}

/** A document's references, decided; and its text with them expanded, or null where it has not changed. */
export interface Expansion {
  decisions: Decisions;
  tag: string;
  text: string | null;
}

/** Expands a document for a service, or lists every reference that can't be. */
export type Expand = (
  service: ServiceCaller,
  document: Document,
  request: TaggedRequest & { ifChangedFrom: string | undefined },
) => Promise<Expansion>;

/**
 * Expands documents. In this order, so that a caller learns nothing that the rules do not cover and nothing is
 * opened in vain: decide every reference, list what fails, check the size, open each value once, put it in.
 */
function expander(door: Door, options: ResolverOptions): Expand {
  const tagOf = tagger(options.keyring.derive("tag"), door.journal.id);
  return async (service, document, request) => {
    const { onMissing, only } = request;
    const asked = { action: "secrets.resolve", onMissing, only } as const;
    const decisions = await decideAll(door, options, service, document.uses, asked);
    const failures = failureList(document, decisions);
    if (failures.length > 0) throw unresolved(failures);
    const tag = tagOf(service, request, document, decisions);
    if (request.ifChangedFrom === tag) return { decisions, tag, text: null };

    const values = valuesOf(options, service.origin.requestId, decisions);
    document.requireRoom(values.bytesOf);
    const expanded = await document.expand(values.valueOf);
    if (values.failures.length > 0) {
      throw unresolved(failureList(document, decisions, values.failures));
    }
    if ("text" in expanded) return { decisions, tag, text: expanded.text };
    const late = unencodable(expanded.unencodable);
    throw unresolved(failureList(document, decisions, late));
  };
}

/** Each reference whose value has no encoding somewhere, with the places where it has none. */
function unencodable(list: readonly Unencodable[]): Failure[] {
  const places = new Map<Reference, Set<string>>();
  for (const { reference, path } of list) {
    places.set(reference, (places.get(reference) ?? new Set()).add(path));
  }
  return Array.from(places, ([reference, paths]) => ({
    ...{ reference, reason: "unencodable" as const },
    paths: [...paths],
  }));
}

/** The service that asks, if it may resolve anything and limits its request as it has to. */
export function requireResolver(
  caller: Caller,
  limits: { only?: unknown; paths?: unknown },
): ServiceCaller {
  demand(caller, "secrets.resolve");
  if (caller.kind !== "service") {
    throw new CofferError("forbidden", "Only services resolve references.");
  }
  requireLimits(caller, limits);
  return caller;
}

const LIMITS = {
  only: "`only`, with patterns of the names that this config may use",
  paths: "`paths`, with globs of the places where references are meant",
} as const;

/** @throws CofferError `limits_required` for a request without the limits that the service has to set */
export function requireLimits(
  { demands }: Pick<ServiceCaller, "demands">,
  limits: { only?: unknown; paths?: unknown },
): void {
  const missing = demands.filter((limit) => limits[limit] === undefined);
  if (missing.length === 0) return;
  const what = missing.map((limit) => LIMITS[limit]).join(" and ");
  throw new CofferError(
    "limits_required",
    `This service has to limit what it reads: send ${what}.`,
    {
      details: { missing },
    },
  );
}

/** The secrets that were read, for the count of uses. */
export function secretIds(decisions: Decisions): Set<string> {
  const values = [...decisions.values()].filter((decision) => decision.kind === "value");
  return new Set(values.map(({ secretId }) => secretId));
}
