"use client";

import type { ServiceInfo } from "../../lib/shapes";
import { many } from "../ui/amount";
import { Ago } from "../ui/clock";
import { Confirm } from "../ui/confirm";
import { liveTokens } from "./words";

interface QuestionProps {
  service: ServiceInfo;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks before a service's tokens stop working for a while. */
export function DisableService({ service, onConfirm, onClose }: QuestionProps) {
  return (
    <Confirm
      title={`Disable ${service.name}?`}
      action="Disable"
      busyAction="Disabling…"
      onConfirm={onConfirm}
      onClose={onClose}
    >
      <p>
        Every request with one of its tokens is refused (401) from now on. Enable it again at any
        time and the same tokens work.
      </p>
      <InUse service={service} />
    </Confirm>
  );
}

/** Asks before a service is gone for good. */
export function DeleteService({ service, onConfirm, onClose }: QuestionProps) {
  return (
    <Confirm
      title={`Delete ${service.name}?`}
      action="Delete for good"
      busyAction="Deleting…"
      typed={service.name}
      onConfirm={onConfirm}
      onClose={onClose}
    >
      <p>
        The service, its rules and its tokens are gone, and requests with them are refused (401).
        This can&apos;t be undone. Secrets are not touched.
      </p>
      <InUse service={service} />
    </Confirm>
  );
}

function InUse({ service }: { service: ServiceInfo }) {
  return (
    <p className="text-muted">
      It has {many(liveTokens(service), "live token")}
      {service.lastUsedAt ? (
        <>
          , and last used one <Ago at={service.lastUsedAt} />.
        </>
      ) : (
        ", and has not used one yet."
      )}
    </p>
  );
}
