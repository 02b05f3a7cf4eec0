import type { Metadata } from "next";
import { AuditLog } from "../../../components/audit/audit-log";
import { auditUrl, filtersOf, queryOf } from "../../../components/audit/audit-url";
import { openConsole, requirePage } from "../../console";
import { told } from "../../record";

export const metadata: Metadata = { title: "Audit" };

interface AuditProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Audit({ searchParams }: AuditProps) {
  const filters = filtersOf(await searchParams);
  const { vault, caller } = await openConsole(auditUrl(filters));
  await requirePage(caller, "audit.read");
  const query = queryOf(filters, Date.now());
  const { page, trouble } = query
    ? await told(vault.record.search(caller, { ...query, chart: true }))
    : { page: null, trouble: "" };
  const verification = await vault.audit.verified(caller);
  return (
    <AuditLog
      filters={filters}
      query={query}
      first={page}
      trouble={trouble}
      search={caller.origin.requestId}
      verification={verification}
    />
  );
}
