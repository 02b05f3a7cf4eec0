import type { Caller, ServiceCaller } from "../access/caller";
import { may } from "../access/may";
import { compilePatterns } from "../access/rules";
import type { NamedVersion } from "../audit/event";
import { sealedLength } from "../crypto/envelope";
import type { Keyring } from "../crypto/keyring";
import { CofferError, isCofferError } from "../errors";
import { findReferences, requireRoom, splice, type Found } from "../reference/expand";
import type { Log } from "../log";
import { topLevelMembers } from "../reference/json-text";
import type { Reference } from "../reference/segments";
import { readResolveRows } from "../store/resolve-rows";
import { decide, type Decision, type Reason, type Value } from "./decide";
import { demand, type Door, type Outcome } from "./door";
import { failureList, unresolved, type Failure } from "./failures";
import { membersOf, type MembersOf } from "./member";
import { tagger } from "./tag";
import type { UseCounter } from "./uses";
import type { Resolver, ResolveRequest } from "./vault";

/** The answer's text, and which secrets it was made of: noted as used once the read is on record. */
interface Resolved {
  text: string;
  serviceId: string;
  secretIds: ReadonlySet<string>;
}

/**
 * Expands the references of a config. In this order, so that a caller learns nothing that the rules do not
 * cover and nothing is opened in vain: find the references, ask `may` for each, look up what is allowed,
 * list every failure, check the size, open each value once, splice. The door answers once it is on record.
 */
export function resolver(door: Door, keyring: Keyring, uses: UseCounter, log: Log): Resolver {
  const tagOf = tagger(keyring.derive("tag"));

  async function resolve(caller: Caller, request: ResolveRequest): Promise<Outcome<Resolved>> {
    const service = requireService(caller);
    const found = findInConfig(request);
    const decisions = await decideAll(service, request, found);
    const names = namedVersions(decisions);
    const tag = tagOf(service, request, found, decisions);
    const opener = (value: Value) => openValue(keyring, log, service.origin.requestId, value);
    const config = request.ifChangedFrom === tag ? null : expand(opener, found, decisions);
    const read = { serviceId: service.id, secretIds: secretIds(decisions) };
    if (config === null) {
      return { answer: { ...read, text: '{"unchanged":true}' }, names, code: "unchanged" };
    }
    const references = JSON.stringify(describeUses(found, decisions));
    const text = `{"config":${config},"references":${references},"tag":${JSON.stringify(tag)}}`;
    return { answer: { ...read, text }, names };
  }

  /** What each reference comes to. @throws CofferError `unresolved`, with every failure */
  async function decideAll(
    service: ServiceCaller,
    request: ResolveRequest,
    found: Found,
  ): Promise<ReadonlyMap<Reference, Decision>> {
    const only = request.only && compilePatterns(request.only);
    const covered = (reference: Reference) =>
      may(service, "secrets.resolve", {
        environment: service.environment,
        name: reference.name,
        otherVersion: reference.version !== undefined,
      }) &&
      (only?.(reference.nameKey) ?? true);
    const allowed = found.uses.flatMap(({ reference }) =>
      reference.kind === "secret" && covered(reference) ? [reference] : [],
    );
    const rows = await readResolveRows(
      door.store.db,
      service.environment.id,
      [...new Set(allowed.map(({ nameKey }) => nameKey))],
      [...new Set(allowed.flatMap(({ version }) => version ?? []))],
    );
    const decisions = decide(found, new Set(allowed), rows, {
      environmentId: service.environment.id,
      onMissing: request.onMissing,
      now: door.now(),
      isIntact: (row) => door.rows.isIntact("secret", row),
    });
    const failures = failureList(found, decisions);
    if (failures.length > 0) throw unresolved(failures);
    return decisions;
  }

  return {
    resolve: async (caller, request) => {
      const environment = caller.kind === "service" ? caller.environment.slug : undefined;
      const attempt = { action: "secrets.resolve", environment };
      const resolved = await door.read(caller, attempt, () => resolve(caller, request));
      uses.noteSecrets(resolved.serviceId, resolved.secretIds, door.now());
      return resolved.text;
    },
  };
}

function requireService(caller: Caller): ServiceCaller {
  demand(caller, "secrets.resolve");
  if (caller.kind === "service") return caller;
  throw new CofferError("forbidden", "Only services resolve references.");
}

function findInConfig(request: ResolveRequest): Found {
  const range = topLevelMembers(request.body).get("config");
  if (range) return findReferences(request.body, range, { paths: request.paths });
  throw new CofferError("invalid_request", "The request has no `config`.");
}

/** A value that was opened for this request, and a reader of its members once one was asked for. */
interface Opened {
  plaintext: string;
  membersOf: MembersOf | undefined;
}

/** Opens each value once, however often it is referenced, and splices it in. */
function expand(
  openValue: (value: Value) => Opened | null,
  found: Found,
  decisions: ReadonlyMap<Reference, Decision>,
): string {
  requireRoom(found, (reference) => {
    const decision = decisions.get(reference);
    return decision?.kind === "value" && reference.member === undefined
      ? sealedLength(decision.sealed)
      : 0;
  });
  const opened = new Map<string, Opened | null>();
  const open = (value: Value): Opened | null => {
    const key = `${value.secretId} ${String(value.version)}`;
    const known = opened.get(key);
    if (known !== undefined) return known;
    const result = openValue(value);
    opened.set(key, result);
    return result;
  };
  const failures: Failure[] = [];
  const fail = (reference: Reference, reason: Reason): string => {
    failures.push({ reference, reason });
    return "";
  };
  const config = splice(found, (reference) => {
    const decision = decisions.get(reference);
    if (decision?.kind === "text") return decision.text;
    if (decision?.kind !== "value")
      throw new CofferError("internal", "A reference was not decided.");
    const result = open(decision);
    if (result === null) return fail(reference, "unreadable");
    if (reference.member === undefined) return result.plaintext;
    result.membersOf ??= membersOf(result.plaintext);
    const member = result.membersOf(reference.member);
    return member.found ? member.text : fail(reference, member.reason);
  });
  if (failures.length > 0) throw unresolved(failureList(found, decisions, failures));
  return config;
}

/**
 * What a sealed value says, or null if it can't be opened: it is one of the list's failures then, and the log
 * says which row to look at.
 */
function openValue(keyring: Keyring, log: Log, requestId: string, value: Value): Opened | null {
  const { environmentId, nameKey, secretId, version, sealed } = value;
  try {
    const bytes = keyring.open({ environmentId, nameKey, secretId, version }, sealed);
    return { plaintext: bytes.toString("utf8"), membersOf: undefined };
  } catch (error) {
    if (!isCofferError(error) || error.code !== "unreadable") throw error;
    log.error({ requestId, secretId, version }, "a stored value does not open");
    return null;
  }
}

/** For the record: each secret that was read, with its version; 0 for one that was not there. */
function namedVersions(decisions: ReadonlyMap<Reference, Decision>): NamedVersion[] {
  const names = new Map<string, NamedVersion>();
  for (const [reference, decision] of decisions) {
    const version = decision.kind === "value" ? decision.version : 0;
    const name = decision.kind === "value" ? decision.name : reference.name;
    names.set(`${reference.nameKey} ${String(version)}`, [name, version]);
  }
  return [...names.values()];
}

function secretIds(decisions: ReadonlyMap<Reference, Decision>): Set<string> {
  const values = [...decisions.values()].filter((decision) => decision.kind === "value");
  return new Set(values.map(({ secretId }) => secretId));
}

function describeUses(found: Found, decisions: ReadonlyMap<Reference, Decision>) {
  return found.uses.map(({ reference, paths }) => {
    const decision = decisions.get(reference);
    const read = decision?.kind === "value" ? decision : null;
    return {
      reference: reference.canonical,
      name: read?.name ?? reference.name,
      version: read?.version ?? null,
      paths,
    };
  });
}
