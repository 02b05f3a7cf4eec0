"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import type { PersonInfo, PolicyInfo } from "../../lib/shapes";
import { useKeys } from "../shell/use-keys";
import { Button } from "../ui/button";
import { PageHeader } from "../ui/page-header";
import { TableHead } from "../ui/table-head";
import { Invite } from "./invite";
import { PersonDialogs, useEnable, type Asked } from "./person-dialogs";
import { PersonRow } from "./person-row";
import { TwoStepPolicy } from "./two-step-policy";

interface PeopleListProps {
  people: readonly PersonInfo[];
  policy: PolicyInfo;
  /** The id of the reader. */
  ownId: string;
  /** When the page was made, in milliseconds. */
  now: number;
}

/** Everybody who can sign in or was invited to. */
export function PeopleList({ people, policy, ownId, now }: PeopleListProps) {
  const [inviting, setInviting] = useState(false);
  const [asked, setAsked] = useState<{ person: PersonInfo; what: Asked } | null>(null);
  const enable = useEnable();
  const invite = () => setInviting(true);
  useKeys({ n: invite });

  return (
    <>
      <PageHeader
        title="People"
        actions={
          <Button
            tone="primary"
            data-tip="Invite (n)"
            icon={<Plus aria-hidden size={16} />}
            onClick={invite}
          >
            Invite
          </Button>
        }
      />
      <div role="table" aria-label="People" className="@container rounded-md border">
        <TableHead
          columns="person-columns"
          names={["Name", "Role", "Second factor", "Last sign-in", "State"]}
          hasActions
        />
        <div role="rowgroup">
          {people.map((person) => (
            <PersonRow
              key={person.id}
              person={person}
              isOwn={person.id === ownId}
              now={now}
              onAsk={(what) => setAsked({ person, what })}
              onEnable={() => void enable(person)}
            />
          ))}
        </div>
      </div>
      <TwoStepPolicy policy={policy} people={people} ownId={ownId} />
      {inviting ? <Invite onClose={() => setInviting(false)} /> : null}
      {asked ? (
        <PersonDialogs
          person={asked.person}
          asked={asked.what}
          isOwn={asked.person.id === ownId}
          onClose={() => setAsked(null)}
        />
      ) : null}
    </>
  );
}
