"use client";

import { Pencil } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState, type ReactNode } from "react";
import type { ServiceInfo } from "../../lib/shapes";
import { Problem } from "../api";
import { many } from "../ui/amount";
import { Button } from "../ui/button";
import { Ago } from "../ui/clock";
import { Confirm } from "../ui/confirm";
import { Section } from "../ui/page-header";
import { useToaster } from "../ui/toasts";
import { deleteService, updateService } from "./service-calls";
import { ServiceForm } from "./service-form";
import { liveTokens } from "./words";

/** Opens the sheet that edits a service's name, description and rules. */
export function EditService({ service }: { service: ServiceInfo }) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const { name, description, rules } = service;
  return (
    <>
      <Button icon={<Pencil aria-hidden size={14} />} onClick={() => setOpen(true)}>
        Edit
      </Button>
      {open ? (
        <ServiceForm
          title={`Edit ${name}`}
          environment={service.environment}
          initial={{ name, description, rules }}
          action="Save"
          note="Changed rules bind the next request."
          onClose={() => setOpen(false)}
          onSave={async (draft) => {
            await updateService(service.id, draft);
            router.refresh();
            setOpen(false);
          }}
        />
      ) : null}
    </>
  );
}

/** The end of a service's page: disabling it, and deleting it. */
export function ServiceDanger({ service }: { service: ServiceInfo }) {
  const router = useRouter();
  const toaster = useToaster();
  const [asked, setAsked] = useState<"disable" | "delete" | null>(null);

  async function enable() {
    try {
      await updateService(service.id, { disabled: false });
      toaster.done(`Enabled ${service.name}`);
      router.refresh();
    } catch (error) {
      toaster.trouble(
        error instanceof Problem ? error.message : `${service.name} was not enabled. Try again.`,
      );
    }
  }

  async function disable() {
    await updateService(service.id, { disabled: true });
    toaster.done(`Disabled ${service.name}`, () => void enable());
    router.refresh();
  }

  async function remove() {
    await deleteService(service.id);
    toaster.done(`Deleted ${service.name}`);
    router.push(`/e/${service.environment}/services`);
  }

  const close = () => setAsked(null);
  return (
    <Section title="Danger">
      <div className="divide-y divide-danger-line rounded-md border border-danger-line">
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
      </div>
      {asked === "disable" ? (
        <Confirm
          title={`Disable ${service.name}?`}
          action="Disable"
          busyAction="Disabling…"
          onConfirm={disable}
          onClose={close}
        >
          <p>
            Every request with one of its tokens is refused (401) from now on. Enable it again at
            any time and the same tokens work.
          </p>
          <InUse service={service} />
        </Confirm>
      ) : null}
      {asked === "delete" ? (
        <Confirm
          title={`Delete ${service.name}?`}
          action="Delete for good"
          busyAction="Deleting…"
          typed={service.name}
          onConfirm={remove}
          onClose={close}
        >
          <p>
            The service, its rules and its tokens are gone, and requests with them are refused
            (401). This can&apos;t be undone. Secrets are not touched.
          </p>
          <InUse service={service} />
        </Confirm>
      ) : null}
    </Section>
  );
}

function DangerRow({ title, about, action }: { title: string; about: string; action: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 px-4 py-3">
      <div className="min-w-0 flex-1 basis-72">
        <p className="font-strong">{title}</p>
        <p className="text-muted">{about}</p>
      </div>
      {action}
    </div>
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
