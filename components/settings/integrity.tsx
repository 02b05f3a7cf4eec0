import type { IntegrityReport } from "../../lib/shapes";
import { count, many } from "../ui/amount";
import { Ago } from "../ui/clock";
import { Notice } from "../ui/notice";
import { Section } from "../ui/page-header";
import { WorkState } from "../ui/work-state";
import { CheckAgain } from "./check-again";
import { TamperedRows } from "./tampered-rows";

/** Whether the rows that access is decided by are as Coffer wrote them. */
export function Integrity({ report }: { report: IntegrityReport }) {
  return (
    <Section
      title="Integrity"
      about="Every environment, secret, service, token, person and one-time link carries a mark that only Coffer can make."
      actions={<CheckAgain />}
    >
      {report.tampered === 0 ? (
        <WorkState is="good">
          <p>
            Every row is as Coffer wrote it.{" "}
            <span className="text-muted">
              {many(report.checked, "row")} checked <Ago at={report.checkedAt} />.
            </span>
          </p>
        </WorkState>
      ) : (
        <Tampered report={report} />
      )}
    </Section>
  );
}

function Tampered({
  report: { checked, checkedAt, tampered, items },
}: {
  report: IntegrityReport;
}) {
  const more = tampered - items.length;
  return (
    <div className="flex flex-col gap-3">
      <Notice
        tone="danger"
        title={`${many(tampered, "row")} ${tampered === 1 ? "was" : "were"} changed by something other than Coffer`}
      >
        <p>
          Somebody or something wrote to the database directly. Coffer uses none of these rows: what
          depends on them is refused. Find out who can write to the database before you repair
          anything; the names below come from the changed rows and may be false.
        </p>
        <p className="mt-1 text-muted">
          {many(checked, "row")} checked <Ago at={checkedAt} />.
        </p>
      </Notice>
      <TamperedRows rows={items} />
      {more > 0 ? (
        <p className="text-muted">
          And {count(more)} more. Restoring a backup is quicker than repairing them one by one.
        </p>
      ) : null}
    </div>
  );
}
