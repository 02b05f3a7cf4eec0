import type { Metadata } from "next";
import { Keyring } from "../../../../components/keys/keyring";
import { PageHeader } from "../../../../components/ui/page-header";
import { openConsole, requirePage } from "../../../console";

export const metadata: Metadata = { title: "Keys" };

export default async function Keys() {
  const { vault, caller } = await openConsole("/settings/keys");
  await requirePage(caller, "keys.read");
  const [info, check] = await Promise.all([vault.keys.status(caller), vault.keys.checked(caller)]);
  return (
    <>
      <PageHeader title="Keys" above={{ label: "Settings", href: "/settings" }} />
      <Keyring info={info} check={check} />
    </>
  );
}
