import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { LatestEvents } from "../../../../components/audit/latest-events";
import { PEOPLE, personUrl } from "../../../../components/people/people-url";
import { PersonAbout } from "../../../../components/people/person-about";
import { PersonActions } from "../../../../components/people/person-actions";
import { PersonState } from "../../../../components/people/person-state";
import { PageHeader } from "../../../../components/ui/page-header";
import type { PersonInfo } from "../../../../lib/shapes";
import { openConsole, requirePage } from "../../../console";
import { latestOf } from "../../../record";

interface PersonProps {
  params: Promise<{ person: string }>;
}

/** Who the address names. Read once a request. */
const personOf = cache(async (id: string): Promise<PersonInfo> => {
  const { vault, caller } = await openConsole(personUrl(id));
  await requirePage(caller, "users.list");
  const people = await vault.users.list(caller);
  return people.find((person) => person.id === id) ?? notFound();
});

export async function generateMetadata({ params }: PersonProps): Promise<Metadata> {
  const { name } = await personOf((await params).person);
  return { title: `${name} · People` };
}

/** Somebody, and what they did lately. */
export default async function Person({ params }: PersonProps) {
  const person = await personOf((await params).person);
  const { vault, caller } = await openConsole(personUrl(person.id));
  const latest = await latestOf({ vault, caller }, { actor: person.id });
  const isOwn = person.id === caller.id;
  return (
    <>
      <PageHeader
        above={{ label: "People", href: PEOPLE }}
        title={<span className="break-words">{person.name}</span>}
        beside={
          <>
            {isOwn ? <span className="text-muted">(you)</span> : null}
            <PersonState state={person.state} />
          </>
        }
        actions={<PersonActions person={person} isOwn={isOwn} />}
      />
      <PersonAbout person={person} now={Date.now()} />
      {latest ? <LatestEvents latest={latest} filters={{ actor: person.id }} /> : null}
    </>
  );
}
