import { redirect } from "next/navigation";
import { DEFAULT_ENVIRONMENT } from "../lib/name";
import { callerOfRequest, lastEnvironmentOf } from "./console";

export default async function Home() {
  const caller = await callerOfRequest();
  const slug = caller ? (await lastEnvironmentOf(caller)).slug : DEFAULT_ENVIRONMENT;
  redirect(`/e/${slug}/secrets`);
}
