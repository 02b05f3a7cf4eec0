import type { Metadata } from "next";
import { forbidden } from "next/navigation";
import { HELD_SERVICES } from "../../../../components/services/held-notice";
import { HeldServices } from "../../../../components/services/held-services";
import { PageHeader } from "../../../../components/ui/page-header";
import { may } from "../../../../lib/access/may";
import { openConsole } from "../../../console";

export const metadata: Metadata = { title: "Held services" };

/** The services that are off until an admin has looked at them. */
export default async function Held() {
  const { vault, caller } = await openConsole(HELD_SERVICES);
  if (!may(caller, "services.release")) forbidden();
  return (
    <>
      <PageHeader title="Held services" above={{ label: "Settings", href: "/settings" }} />
      <HeldServices heldServices={await vault.services.held(caller)} />
    </>
  );
}
