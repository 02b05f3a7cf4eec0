import type { SinkInfo } from "../../lib/shapes";
import { count, many } from "../ui/amount";
import { Ago } from "../ui/clock";
import { Notice } from "../ui/notice";
import { Section } from "../ui/page-header";
import { WorkState } from "../ui/work-state";

/** Where the audit record goes as it is written, and whether it arrives. */
export function AuditSinks({ sinks }: { sinks: readonly SinkInfo[] }) {
  return (
    <Section
      title="Audit stream"
      about="Every event of the audit record, given away as it is written, so that a copy is kept elsewhere."
    >
      {sinks.length === 0 ? (
        <p className="rounded-md border px-3 py-2.5">
          It goes nowhere.{" "}
          <span className="text-muted">
            Whoever runs Coffer can set <span className="mono">COFFER_AUDIT_STREAM</span> for a
            file, or <span className="mono">COFFER_AUDIT_WEBHOOK_URL</span>.
          </span>
        </p>
      ) : (
        <ul className="flex flex-col gap-2">
          {sinks.map((sink) => (
            <li key={sink.kind}>
              {sink.state === "failing" ? <Failing sink={sink} /> : <Delivering sink={sink} />}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Delivering({ sink: { to, state, waiting, deliveredAt } }: { sink: SinkInfo }) {
  return (
    <WorkState is="good">
      <p>
        <span className="mono">{to}</span>{" "}
        {state === "up_to_date"
          ? "is given every event."
          : `is being given ${many(waiting, "event")} that it does not have yet.`}{" "}
        <span className="text-muted">
          {deliveredAt ? (
            <>
              The last delivery was <Ago at={deliveredAt} />.
            </>
          ) : (
            "Nothing was delivered yet."
          )}
        </span>
      </p>
    </WorkState>
  );
}

function Failing({
  sink: { to, waiting, deliveredAt, failingSince, problem },
}: {
  sink: SinkInfo;
}) {
  return (
    <Notice
      tone="danger"
      title={
        <>
          Nothing can be delivered to <span className="mono">{to}</span>
        </>
      }
    >
      <p>{problem}</p>
      <p className="mt-1 text-muted">
        {failingSince ? (
          <>
            It began <Ago at={failingSince} />.{" "}
          </>
        ) : null}
        {deliveredAt ? (
          <>
            The last delivery was <Ago at={deliveredAt} />.{" "}
          </>
        ) : null}
        {count(waiting)} {waiting === 1 ? "event is" : "events are"} kept for it; Coffer goes on
        trying.
      </p>
    </Notice>
  );
}
