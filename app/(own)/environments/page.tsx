import type { Metadata } from "next";
import { EnvironmentList } from "../../components/environments/environment-list";
import { Forbidden } from "../../components/shell/message-page";
import { may } from "../../lib/access/may";
import { openConsole } from "../console";

export const metadata: Metadata = { title: "Environments" };

export default async function Environments() {
  const { vault, caller } = await openConsole("/environments");
  if (!may(caller, "environments.update")) {
    return <Forbidden what="Making, protecting and deleting environments is for admins." />;
  }
  return <EnvironmentList environments={await vault.environments.survey(caller)} />;
}
