import { recordExportQuery, recordPage, recordQuery } from "../audit-schemas";
import { route } from "../route";

const AUDIT = "/api/v1/audit";

export const auditRoutes = [
  route({
    method: "GET",
    path: AUDIT,
    summary: "Search the audit record, newest first",
    action: "audit.search",
    query: recordQuery,
    answer: recordPage,
    handle: ({ vault, caller, query }) => vault.record.search(caller, query),
  }),
  route({
    method: "GET",
    path: `${AUDIT}/export`,
    summary: "Every event of the audit record that passes, newest first, as a file",
    action: "audit.export",
    query: recordExportQuery,
    answersFile: ["application/x-ndjson", "text/csv"],
    handle: ({ vault, caller, query }) => vault.record.exported(caller, query),
  }),
];
