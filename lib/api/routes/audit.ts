import { recordExportQuery, recordPage, recordQuery } from "../audit-schemas";
import {
  auditCheckpoint,
  auditVerification,
  lastVerification,
  verifyBody,
} from "../verify-schemas";
import { route } from "../route";

const AUDIT = "/api/v1/audit";
const VERIFY = `${AUDIT}/verify`;

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
  route({
    method: "POST",
    path: VERIFY,
    summary: "Begin to verify the audit record, in the background",
    action: "audit.verify",
    body: verifyBody,
    answer: auditVerification,
    handle: ({ vault, caller, body }) => vault.audit.verify(caller, body?.checkpoint),
  }),
  route({
    method: "GET",
    path: VERIFY,
    summary: "What the last verification has found, or how far it has come",
    action: "audit.verify",
    answer: lastVerification,
    handle: async ({ vault, caller }) => ({ verification: await vault.audit.verified(caller) }),
  }),
  route({
    method: "GET",
    path: `${AUDIT}/checkpoint`,
    summary: "Where the audit record stands, signed, to be kept elsewhere",
    action: "audit.checkpoint",
    answer: auditCheckpoint,
    handle: ({ vault, caller }) => vault.audit.checkpoint(caller),
  }),
];
