import type { Caller } from "../access/caller";
import { CofferError } from "../errors";
import { treeDocument, type Document } from "../reference/document";
import { findReferences } from "../reference/expand";
import { topLevelMembers } from "../reference/json-text";
import type { Door, Outcome } from "./door";
import { namedVersions, type Decisions } from "./references";
import { requireResolver, secretIds, type Expand, type ResolverOptions } from "./resolver";
import type { Resolver, ResolveRequest } from "./vault";

/** The answer's text, and which secrets it was made of: noted as used once the read is on record. */
interface Resolved {
  text: string;
  serviceId: string;
  secretIds: ReadonlySet<string>;
}

/** Expands the references of a config: a JSON value within the request. */
export function resolveFunction(
  door: Door,
  { callers, uses }: ResolverOptions,
  expand: Expand,
): Resolver["resolve"] {
  async function resolve(caller: Caller, request: ResolveRequest): Promise<Outcome<Resolved>> {
    const service = requireResolver(caller, request);
    const document = configOf(request);
    const { decisions, tag, text } = await expand(service, document, {
      ...{ kind: "resolve", onMissing: request.onMissing, only: request.only },
      ...{ paths: request.paths, ifChangedFrom: request.ifChangedFrom },
    });
    const read = { serviceId: service.id, secretIds: secretIds(decisions) };
    const names = namedVersions(decisions);
    if (text === null) {
      return { answer: { ...read, text: '{"unchanged":true}' }, names, code: "unchanged" };
    }
    const references = JSON.stringify(describeUses(document, decisions));
    const answer = `{"config":${text},"references":${references},"tag":${JSON.stringify(tag)}}`;
    return { answer: { ...read, text: answer }, names };
  }

  return async (caller, request) => {
    const environment = caller.kind === "service" ? caller.environment.slug : undefined;
    const attempt = { action: "secrets.resolve", environment };
    const resolved = await callers.asking(caller, (asks) =>
      door.read(asks, attempt, () => resolve(asks, request)),
    );
    uses.noteSecrets(resolved.serviceId, resolved.secretIds, door.now());
    return resolved.text;
  };
}

/** The config of a request whose body is JSON. @throws CofferError `invalid_request`, `limit_exceeded` */
export function configOf(request: { body: string; paths: string[] | undefined }): Document {
  const range = topLevelMembers(request.body).get("config");
  if (!range) throw new CofferError("invalid_request", "The request has no `config`.");
  return treeDocument(findReferences(request.body, range, { paths: request.paths }));
}

function describeUses({ uses }: Document, decisions: Decisions) {
  return uses.map(({ reference, paths }) => {
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
