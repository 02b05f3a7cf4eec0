import { route } from "../route";
import { sinkList } from "../sink-schemas";

export const sinkRoutes = [
  route({
    method: "GET",
    path: "/api/v1/audit/sinks",
    summary: "Where the audit record goes as it is written, and how far that has come",
    action: "audit.sinks",
    answer: sinkList,
    handle: async ({ vault, caller }) => ({ items: await vault.sinks.list(caller) }),
  }),
];
