"use client";

import { useState } from "react";
import type { ServiceInfo } from "../../lib/shapes";
import { Button } from "../ui/button";
import { Danger, DangerRow } from "../ui/danger";
import { DeleteService, DisableService } from "./service-questions";
import { useServiceChanges } from "./use-service-changes";

/** The end of a service's page: disabling it, and deleting it. */
export function ServiceDanger({ service }: { service: ServiceInfo }) {
  const [asked, setAsked] = useState<"disable" | "delete" | null>(null);
  const { enable, disable, remove } = useServiceChanges(service);
  const close = () => setAsked(null);
  return (
    <Danger>
      {service.disabledAt ? (
        <DangerRow
          title="Enable it"
          about="Its live tokens work again from the next request on."
          action={<Button onClick={() => void enable()}>Enable</Button>}
        />
      ) : (
        <DangerRow
          title="Disable it"
          about="Its tokens stop working until it is enabled again. Nothing is lost."
          action={<Button onClick={() => setAsked("disable")}>Disable</Button>}
        />
      )}
      <DangerRow
        title="Delete it"
        about="Its tokens stop working for good. What it did stays on the audit record."
        action={
          <Button tone="risky" onClick={() => setAsked("delete")}>
            Delete
          </Button>
        }
      />
      {asked === "disable" ? (
        <DisableService service={service} onConfirm={disable} onClose={close} />
      ) : null}
      {asked === "delete" ? (
        <DeleteService service={service} onConfirm={remove} onClose={close} />
      ) : null}
    </Danger>
  );
}
