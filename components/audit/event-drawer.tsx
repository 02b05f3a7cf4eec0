"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import type { RecordEvent } from "../../lib/shapes";
import { count } from "../ui/amount";
import { CopyButton } from "../ui/copy-button";
import { Modal, ModalBody } from "../ui/modal";
import { exactTime } from "../ui/time";
import { auditUrl, type AuditFilters } from "./audit-url";
import { actorWords, eventWords } from "./event-words";

/** Every field of an event, and ways on from it. */
export function EventDrawer({ event, onClose }: { event: RecordEvent; onClose: () => void }) {
  const { actor, names, moreNames = 0 } = event;
  return (
    <Modal
      shape="sheet"
      title={`${actorWords(event)} ${eventWords(event)}`}
      description={exactTime(event.at)}
      onClose={onClose}
    >
      <ModalBody>
        <dl className="grid grid-cols-[104px_minmax(0,1fr)] gap-x-4 gap-y-2.5">
          <Field label="Time">{event.at}</Field>
          <Field label="By" also={actor.name ? { actor: actor.id || actor.name } : undefined}>
            {actor.name} <span className="text-muted">({actor.kind})</span>
            {actor.id ? <span className="block text-small text-muted">{actor.id}</span> : null}
          </Field>
          <Field label="Action" also={{ action: event.action }}>
            {event.action}
          </Field>
          <Field label="Outcome" also={outcomeOf(event)}>
            {event.outcome}
            {event.code ? `, ${event.code}` : ""}
          </Field>
          {event.target ? <Field label="Target">{event.target}</Field> : null}
          {names.length > 0 ? (
            <Field label="Secrets">
              <ul>
                {names.map(({ name, version }) => (
                  <li key={`${name} ${String(version)}`}>
                    <Only filters={{ secret: name }}>{name}</Only>
                    {version > 0 ? ` v${String(version)}` : ""}
                  </li>
                ))}
                {moreNames > 0 ? <li>and {count(moreNames)} more, which an export has</li> : null}
              </ul>
            </Field>
          ) : null}
          {event.environment ? (
            <Field label="Environment" also={{ environment: event.environment }}>
              {event.environment}
            </Field>
          ) : null}
          <Field label="Address" also={{ address: event.address }}>
            {event.address}
          </Field>
          {event.userAgent ? <Field label="User agent">{event.userAgent}</Field> : null}
          {event.requestId ? (
            <Field label="Request" also={{ requestId: event.requestId }}>
              {event.requestId}
            </Field>
          ) : null}
          {event.tokenId ? <Field label="Token">{event.tokenId}</Field> : null}
          {event.incident ? <Field label="Incident">{event.incident}</Field> : null}
          <Field label="Journal">
            {event.journal}, event {String(event.seq)}
          </Field>
        </dl>
        <div>
          <CopyButton text={JSON.stringify(event, null, 2)}>Copy as JSON</CopyButton>
        </div>
      </ModalBody>
    </Modal>
  );
}

function outcomeOf({ outcome }: RecordEvent): Partial<AuditFilters> {
  return outcome === "ok" || outcome === "denied" || outcome === "failed" ? { outcome } : {};
}

interface FieldProps {
  label: string;
  /** Leads to the events that have the same. */
  also?: Partial<AuditFilters> | undefined;
  children: ReactNode;
}

function Field({ label, also, children }: FieldProps) {
  return (
    <>
      <dt className="text-muted">{label}</dt>
      <dd className="mono [overflow-wrap:anywhere]">
        {also ? <Only filters={also}>{children}</Only> : children}
      </dd>
    </>
  );
}

function Only({ filters, children }: { filters: Partial<AuditFilters>; children: ReactNode }) {
  return (
    <Link
      href={auditUrl({ ...filters, range: "all" })}
      prefetch={false}
      className="underline decoration-line-strong underline-offset-2 hover:decoration-ink"
    >
      {children}
    </Link>
  );
}
