import { redirect } from "next/navigation";
import { DEFAULT_ENVIRONMENT } from "../lib/name";
import { callerOfRequest, lastEnvironmentOf, TWO_STEP } from "./console";

export default async function Home() {
  const caller = await callerOfRequest();
  if (caller?.owesTwoStep) redirect(TWO_STEP);
  const slug = caller ? (await lastEnvironmentOf(caller)).slug : DEFAULT_ENVIRONMENT;
  redirect(`/e/${slug}/secrets`);
}
