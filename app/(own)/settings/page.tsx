import type { Metadata } from "next";
import { forbidden } from "next/navigation";
import { Integrity } from "../../../components/settings/integrity";
import { PageHeader } from "../../../components/ui/page-header";
import { may } from "../../../lib/access/may";
import { openConsole } from "../../console";

export const metadata: Metadata = { title: "Settings" };

/** What is set and checked for the whole of Coffer: a section each. */
export default async function Settings() {
  const { vault, caller } = await openConsole("/settings");
  if (!may(caller, "integrity.check")) forbidden();
  return (
    <>
      <PageHeader title="Settings" />
      <Integrity report={await vault.integrity.check(caller)} />
    </>
  );
}
