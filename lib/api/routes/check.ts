import {
  checkableList,
  checkableQuery,
  checkBody,
  checkQuery,
  checkReport,
} from "../reference-schemas";
import { CofferError } from "../../errors";
import { route } from "../route";

/** What would resolve, for a CI job or a person: no values. */
const checkRoute = route({
  method: "POST",
  path: "/api/v1/check",
  summary: "Say what would become of the references of a config or a document",
  action: "secrets.check",
  tier: "resolve",
  query: checkQuery,
  body: checkBody.optional(), // a document has none
  documents: true,
  raw: true,
  answer: checkReport,
  handle: async ({ vault, caller, query, body, text, mediaType }) => {
    requireOneOf(query, body);
    const paths = body?.paths ?? query.paths;
    const report = await vault.resolver.check(caller, {
      sent: body ? { body: text, paths } : { mediaType, text, paths },
      onMissing: body?.onMissing ?? query.onMissing ?? "fail",
      only: body?.only ?? query.only,
      paths,
      service: query.service,
      fail: query.fail,
    });
    return JSON.stringify(report);
  },
});

/** What is said twice may be said differently. */
export function requireOneOf(query: Partial<Terms>, body: Partial<Terms> = {}): void {
  for (const key of ["only", "paths", "onMissing"] as const) {
    if (query[key] === undefined || body[key] === undefined) continue;
    const message = `\`${key}\` is in the query and in the body. Keep one of them.`;
    throw new CofferError("invalid_request", message);
  }
}

type Terms = Record<"only" | "paths" | "onMissing", unknown>;

const checkableRoute = route({
  method: "GET",
  path: "/api/v1/check/services",
  summary: "List the services whose rules a check can be made by",
  action: "secrets.check",
  query: checkableQuery,
  answer: checkableList,
  handle: async ({ vault, caller, query }) => ({
    items: await vault.resolver.checkable(caller, query.environment),
  }),
});

export const checkRoutes = [checkRoute, checkableRoute];
