import type { Metadata } from "next";
import { EnvironmentList } from "../../../components/environments/environment-list";
import { openConsole, requirePage } from "../../console";

export const metadata: Metadata = { title: "Environments" };

export default async function Environments() {
  const { vault, caller } = await openConsole("/environments");
  await requirePage(caller, "environments.update");
  return <EnvironmentList environments={await vault.environments.survey(caller)} />;
}
