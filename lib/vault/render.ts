import { CofferError } from "../errors";
import { formattedDocument, treeDocument, type Document } from "../reference/document";
import { formatOf } from "../reference/documents/formats";
import { findReferences } from "../reference/expand";
import type { DocumentWorker } from "./documents";
import type { Door, Outcome } from "./door";
import { namedVersions } from "./references";
import { requireResolver, secretIds, type Expand, type ResolverOptions } from "./resolver";
import type { Rendered, Resolver, SentDocument } from "./vault";

/** Expands the references of a document, in the format that it is written in. */
export function renderFunction(
  door: Door,
  { uses, documents }: ResolverOptions,
  expand: Expand,
): Resolver["render"] {
  return async (caller, request) => {
    const environment = caller.kind === "service" ? caller.environment.slug : undefined;
    const attempt = { action: "secrets.render", environment };
    let read: { serviceId: string; secretIds: ReadonlySet<string> } | undefined;
    const rendered = await door.read(caller, attempt, async (): Promise<Outcome<Rendered>> => {
      const service = requireResolver(caller, request);
      const { decisions, tag, text } = await expand(service, await documentOf(documents, request), {
        ...{ kind: request.mediaType, onMissing: request.onMissing, only: request.only },
        ...{ paths: request.paths, ifChangedFrom: request.ifChangedFrom },
      });
      read = { serviceId: service.id, secretIds: secretIds(decisions) };
      const code = text === null ? { code: "unchanged" } : {};
      return { answer: { text, tag }, names: namedVersions(decisions), ...code };
    });
    if (read) uses.noteSecrets(read.serviceId, read.secretIds, door.now());
    return rendered;
  };
}

/**
 * What was sent, found and not expanded.
 * @throws CofferError `invalid_json`, `invalid_document`, `invalid_request`, `limit_exceeded`, `unsupported_media_type`, `unavailable`
 */
export async function documentOf(
  documents: DocumentWorker,
  { mediaType, text, paths }: SentDocument,
): Promise<Document> {
  if (mediaType === "application/json") {
    requireJson(text);
    return treeDocument(findReferences(text, undefined, { paths }));
  }
  if (paths !== undefined) {
    throw new CofferError(
      "invalid_request",
      "`paths` are for JSON: other formats have no pointers.",
    );
  }
  const format = formatOf(mediaType);
  if (!format) throw new CofferError("unsupported_media_type", "This is no format of documents.");
  const sent = { mediaType, text };
  const reading = await documents.run({ do: "read", ...sent });
  return formattedDocument(format, text, reading, (changes) =>
    documents.run({ do: "rewrite", ...sent, changes }),
  );
}

function requireJson(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold a value.
    throw new CofferError("invalid_json", "The document is not valid JSON.");
  }
}
