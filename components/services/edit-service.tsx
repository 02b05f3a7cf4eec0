"use client";

import { Pencil } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ServiceInfo } from "../../lib/shapes";
import { Button } from "../ui/button";
import { updateService } from "./service-calls";
import { ServiceForm } from "./service-form";

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
