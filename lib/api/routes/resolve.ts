import { resolveBody, resolved } from "../reference-schemas";
import { route } from "../route";

/** The route that Coffer is for. README's tour starts here. */
export const resolveRoute = route({
  method: "POST",
  path: "/api/v1/resolve",
  summary: "Expand the references of a config",
  action: "secrets.resolve",
  tier: "resolve",
  body: resolveBody,
  answer: resolved,
  raw: true,
  handle: ({ vault, caller, body, text }) =>
    vault.resolver.resolve(caller, {
      body: text,
      onMissing: body.onMissing,
      only: body.only,
      paths: body.paths,
      ifChangedFrom: body.ifChangedFrom,
    }),
});
