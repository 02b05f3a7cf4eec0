"use client";

import { Pencil } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { EnvironmentInfo, ServiceInfo } from "../../lib/shapes";
import { Button } from "../ui/button";
import { updateService } from "./service-calls";
import { ServiceForm } from "./service-form";

interface EditServiceProps {
  service: ServiceInfo;
  environment: EnvironmentInfo;
}

/** Opens the sheet that edits a service's name, description, rules, demands and addresses. */
export function EditService({ service, environment }: EditServiceProps) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const { name, description, rules, allowedCidrs, demands } = service;
  return (
    <>
      <Button icon={<Pencil aria-hidden size={14} />} onClick={() => setOpen(true)}>
        Edit
      </Button>
      {open ? (
        <ServiceForm
          title={`Edit ${name}`}
          environment={environment}
          initial={{ name, description, rules, allowedCidrs, demands }}
          action="Save"
          note="What changes binds the next request."
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
