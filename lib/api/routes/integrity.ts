import { integrityReport } from "../integrity-schemas";
import { route } from "../route";

export const integrityRoutes = [
  route({
    method: "GET",
    path: "/api/v1/integrity",
    summary: "Name the rows of the database that something other than Coffer has written",
    action: "integrity.check",
    answer: integrityReport,
    handle: ({ vault, caller }) => vault.integrity.check(caller),
  }),
];
