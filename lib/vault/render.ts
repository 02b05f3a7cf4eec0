import type { Caller } from "../access/caller";
import { CofferError } from "../errors";
import { formattedDocument, treeDocument, type Document } from "../reference/document";
import { formatOf } from "../reference/documents/formats";
import { findReferences } from "../reference/expand";
import type { DocumentWorker } from "./documents";
import type { Door, Outcome } from "./door";
import { namedVersions } from "./references";
import { requireResolver, secretIds, type Expand, type ResolverOptions } from "./resolver";
import type { Rendered, RenderRequest, Resolver, SentDocument } from "./vault";

/** The answer, and which secrets it was made of: noted as used once the read is on record. */
interface Read extends Rendered {
  serviceId: string;
  secretIds: ReadonlySet<string>;
}

/** Expands the references of a document, in the format that it is written in. */
export function renderFunction(
  door: Door,
  { callers, uses, documents }: ResolverOptions,
  expand: Expand,
): Resolver["render"] {
  async function render(
    caller: Caller,
    request: RenderRequest,
    read: () => Promise<Document>,
  ): Promise<Outcome<Read>> {
    const service = requireResolver(caller, request);
    const document = await read();
    const { decisions, tag, text } = await expand(service, document, {
      ...{ kind: request.mediaType, onMissing: request.onMissing, only: request.only },
      ...{ paths: request.paths, ifChangedFrom: request.ifChangedFrom },
    });
    const used = { serviceId: service.id, secretIds: secretIds(decisions) };
    const code = text === null ? { code: "unchanged" } : {};
    return { answer: { ...used, text, tag }, names: namedVersions(decisions), ...code };
  }

  return async (caller, request) => {
    const environment = caller.kind === "service" ? caller.environment.slug : undefined;
    const attempt = { action: "secrets.render", environment };
    const read = once(() => documentOf(documents, request));
    const { serviceId, secretIds, text, tag } = await callers.asking(caller, (asks) =>
      door.read(asks, attempt, () => render(asks, request, read)),
    );
    uses.noteSecrets(serviceId, secretIds, door.now());
    return { text, tag };
  };
}

/** Reads a document when it is first asked for, and once, however often the request is decided. */
export function once(read: () => Promise<Document>): () => Promise<Document> {
  let found: Promise<Document> | undefined;
  return () => (found ??= read());
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
