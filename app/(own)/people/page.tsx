import type { Metadata } from "next";
import { PeopleList } from "../../../components/people/people-list";
import { PEOPLE } from "../../../components/people/people-url";
import { openConsole, requirePage } from "../../console";

export const metadata: Metadata = { title: "People" };

export default async function People() {
  const { vault, caller } = await openConsole(PEOPLE);
  await requirePage(caller, "users.list");
  const [people, policy] = [await vault.users.list(caller), await vault.policy.get(caller)];
  return <PeopleList people={people} policy={policy} ownId={caller.id} now={Date.now()} />;
}
