"use client";

import { useRouter } from "next/navigation";
import type { ServiceInfo } from "../../lib/shapes";
import { Problem } from "../api";
import { useToaster } from "../ui/toasts";
import { deleteService, updateService } from "./service-calls";

/** Enabling, disabling and deleting a service, and what is said when it is done. */
export function useServiceChanges(service: ServiceInfo) {
  const router = useRouter();
  const toaster = useToaster();

  async function enable() {
    try {
      await updateService(service.id, { disabled: false });
      toaster.done(`Enabled ${service.name}`);
      router.refresh();
    } catch (error) {
      const failed = `${service.name} was not enabled. Try again.`;
      toaster.trouble(error instanceof Problem ? error.message : failed);
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

  return { enable, disable, remove };
}
