import type { Metadata } from "next";
import { HELD_SERVICES } from "../../../../components/services/held-notice";
import { HeldServices } from "../../../../components/services/held-services";
import { PageHeader } from "../../../../components/ui/page-header";
import { openConsole, requirePage } from "../../../console";

export const metadata: Metadata = { title: "Held services" };

/** The services that are off until an admin has looked at them. */
export default async function Held() {
  const { vault, caller } = await openConsole(HELD_SERVICES);
  await requirePage(caller, "services.release");
  return (
    <>
      <PageHeader title="Held services" above={{ label: "Settings", href: "/settings" }} />
      <HeldServices heldServices={await vault.services.held(caller)} />
    </>
  );
}
