"use client";

import { useState } from "react";
import type { PersonInfo } from "../../lib/shapes";
import { PersonDialogs, useEnable, type Asked } from "./person-dialogs";
import { PersonMenu } from "./person-menu";

/** On somebody's page: what can be done to them. */
export function PersonActions({ person, isOwn }: { person: PersonInfo; isOwn: boolean }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const enable = useEnable();
  return (
    <>
      <PersonMenu person={person} onAsk={setAsked} onEnable={() => void enable(person)} />
      {asked ? (
        <PersonDialogs person={person} asked={asked} isOwn={isOwn} onClose={() => setAsked(null)} />
      ) : null}
    </>
  );
}
