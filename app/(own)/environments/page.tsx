import type { Metadata } from "next";
import { forbidden } from "next/navigation";
import { EnvironmentList } from "../../../components/environments/environment-list";
import { may } from "../../../lib/access/may";
import { openConsole } from "../../console";

export const metadata: Metadata = { title: "Environments" };

export default async function Environments() {
  const { vault, caller } = await openConsole("/environments");
  if (!may(caller, "environments.update")) forbidden();
  return <EnvironmentList environments={await vault.environments.survey(caller)} />;
}
