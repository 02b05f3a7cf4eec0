import { CofferError } from "../../errors";
import { parse } from "../../reference/parse";
import { checkBody, watchDocumentQuery, watchQuery } from "../reference-schemas";
import { route } from "../route";
import { requireOneOf } from "./check";

/** Hearing at once that something which a service resolves has changed: no values. */
const watchRoute = route({
  method: "GET",
  path: "/api/v1/watch",
  summary: "Hear of changes of the references that are named",
  action: "secrets.watch",
  tier: "resolve",
  query: watchQuery,
  answersEvents: true,
  handle: ({ vault, caller, query, lastEventId }) => {
    const { reference, onMissing, only, paths } = query;
    requireReferences(reference);
    // Parsed as what it stands for: a config that is a list of strings.
    const sent = { mediaType: "application/json", text: JSON.stringify(reference), paths };
    return vault.resolver.watch(caller, { sent, onMissing, only, paths, lastEventId });
  },
});

/** The same for the references of a config or a document. */
const watchDocumentRoute = route({
  method: "POST",
  path: "/api/v1/watch",
  summary: "Hear of changes of the references of a config or a document",
  action: "secrets.watch",
  tier: "resolve",
  query: watchDocumentQuery,
  body: checkBody.optional(), // a document has none
  documents: true,
  raw: true,
  answersEvents: true,
  handle: ({ vault, caller, query, body, text, mediaType, lastEventId }) => {
    requireOneOf(query, body);
    const paths = body?.paths ?? query.paths;
    return vault.resolver.watch(caller, {
      sent: body ? { body: text, paths } : { mediaType, text, paths },
      onMissing: body?.onMissing ?? query.onMissing ?? "fail",
      only: body?.only ?? query.only,
      ...{ paths, lastEventId },
    });
  },
});

const NONE: ReadonlySet<string> = new Set(["text", "escape"]);

/** A bare name would be no reference, and be watched in vain. */
function requireReferences(texts: readonly string[]): void {
  const at = texts.findIndex((text) => (parse(text) ?? []).every(({ kind }) => NONE.has(kind)));
  if (at < 0) return;
  throw new CofferError(
    "invalid_request",
    "Each `reference` is one as it stands in a config, such as `$SECRET/NAME`.",
    { details: { errors: [{ pointer: `/reference/${String(at)}`, message: "is no reference" }] } },
  );
}

export const watchRoutes = [watchRoute, watchDocumentRoute];
