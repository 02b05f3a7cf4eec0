"use client";

import Link from "next/link";
import type { PersonInfo } from "../../lib/shapes";
import { LastSignIn } from "./last-sign-in";
import { personUrl } from "./people-url";
import { PersonMenu } from "./person-menu";
import type { Asked } from "./person-dialogs";
import { PersonState } from "./person-state";
import { roleInWords } from "./roles";

interface PersonRowProps {
  person: PersonInfo;
  isOwn: boolean;
  now: number;
  onAsk: (what: Asked) => void;
  onEnable: () => void;
}

/** Somebody, with what can be done to them at the end. */
export function PersonRow({ person, isOwn, now, onAsk, onEnable }: PersonRowProps) {
  const seen = <LastSignIn person={person} now={now} />;
  return (
    <div
      role="row"
      className="columns person-columns min-h-11 row-line py-1.5 hover:bg-hover focus-within:bg-hover"
    >
      <div role="cell" className="min-w-0">
        <p className="truncate">
          <Link
            href={personUrl(person.id)}
            prefetch={false}
            className="rounded-sm font-strong outline-offset-1 hover:underline"
          >
            {person.name}
          </Link>
          {isOwn ? <span className="text-muted"> (you)</span> : null}
        </p>
        <p className="truncate text-small text-muted">{person.email}</p>
        <div className="flex flex-wrap items-center gap-x-2 text-small text-muted @[720px]:hidden">
          <span>{person.role}</span>
          <PersonState state={person.state} />
          {person.twoStep ? <span>second factor</span> : null}
          <span>{seen}</span>
        </div>
      </div>
      <div
        role="cell"
        className="hidden text-muted @[720px]:block"
        title={roleInWords(person.role)}
      >
        {person.role}
      </div>
      <div role="cell" className="hidden text-muted @[720px]:block">
        {person.twoStep ? "on" : "off"}
      </div>
      <div role="cell" className="hidden truncate text-muted @[720px]:block">
        {seen}
      </div>
      <div role="cell" className="hidden @[720px]:flex">
        <PersonState state={person.state} />
      </div>
      <div role="cell" className="justify-self-end">
        <PersonMenu person={person} onAsk={onAsk} onEnable={onEnable} />
      </div>
    </div>
  );
}
