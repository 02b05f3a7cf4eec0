import type { Metadata } from "next";
import { forbidden } from "next/navigation";
import { PeopleList } from "../../../components/people/people-list";
import { PEOPLE } from "../../../components/people/people-url";
import { may } from "../../../lib/access/may";
import { openConsole } from "../../console";

export const metadata: Metadata = { title: "People" };

export default async function People() {
  const { vault, caller } = await openConsole(PEOPLE);
  if (!may(caller, "users.list")) forbidden();
  const [people, policy] = [await vault.users.list(caller), await vault.policy.get(caller)];
  return <PeopleList people={people} policy={policy} ownId={caller.id} now={Date.now()} />;
}
