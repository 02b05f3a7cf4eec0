import { CofferError } from "../../errors";
import { renderQuery } from "../reference-schemas";
import { route } from "../route";

/** The same as resolve for a document, in the format that it is written in. */
export const renderRoute = route({
  method: "POST",
  path: "/api/v1/render",
  summary: "Expand the references of a document",
  action: "secrets.render",
  tier: "resolve",
  query: renderQuery,
  documents: true,
  answersDocument: true,
  handle: ({ vault, caller, query, text, mediaType }) => {
    const { encoding, ...terms } = query;
    requireEncoding(mediaType, encoding);
    return vault.resolver.render(caller, {
      ...{ mediaType, text, onMissing: terms.onMissing },
      ...{ only: terms.only, paths: terms.paths, ifChangedFrom: terms.ifChangedFrom },
    });
  },
});

/** Plain text has no quotes that keep a value apart from what others wrote, so that has to be asked for. */
function requireEncoding(mediaType: string, encoding: "none" | undefined): void {
  if ((mediaType === "text/plain") === (encoding === "none")) return;
  throw new CofferError(
    "invalid_request",
    encoding === undefined
      ? "Plain text has no way to keep a value apart from the text around it. Send ?encoding=none if values are to be put in as they are."
      : "?encoding=none is for text/plain: values are encoded for every other format.",
  );
}
