import { exportQuery, importProgress, importReport, importSecrets } from "../import-schemas";
import { route } from "../route";

/**
 * Base64 of a source of 16 MiB, and what is beside it. The source itself is measured by the vault: a text may take
 * more in a body than it has.
 */
const BODY_LIMIT_BYTES = 24 * 1_024 * 1_024;

/** Not below /api/v1/secrets, where `export` is a name that a secret may have. */
const IMPORT = "/api/v1/import";

export const importRoutes = [
  route({
    method: "POST",
    path: IMPORT,
    summary:
      "Import secrets from a .env, JSON, YAML or Tyk AI Studio, all or nothing; or preview it",
    action: "secrets.import",
    body: importSecrets,
    bodyLimit: BODY_LIMIT_BYTES,
    enter: (vault, caller) => vault.imports.enter(caller),
    answer: importReport,
    handle: ({ vault, caller, body }) => {
      const { preview, tags, expiresAt, rotateEveryDays, ...request } = body;
      const describe = { tags, expiresAt, rotateEveryDays };
      return preview
        ? vault.imports.preview(caller, request)
        : vault.imports.run(caller, { ...request, describe });
    },
  }),
  route({
    method: "GET",
    path: IMPORT,
    summary: "How far one's import under way is; null without one",
    action: "secrets.import",
    answer: importProgress,
    handle: async ({ vault, caller }) => ({ progress: await vault.imports.progress(caller) }),
  }),
  route({
    method: "GET",
    path: "/api/v1/export",
    summary: "A file with all that is known of an environment's secrets, and no value",
    action: "secrets.export",
    query: exportQuery,
    answersFile: ["application/json", "text/csv"],
    handle: ({ vault, caller, query }) => vault.imports.exported(caller, query),
  }),
];
