"use client";

import {
  Ban,
  CircleCheck,
  Ellipsis,
  KeyRound,
  Mail,
  ScrollText,
  Shield,
  SmartphoneNfc,
  Trash2,
} from "lucide-react";
import { useRouter } from "next/navigation";
import type { PersonInfo } from "../../lib/shapes";
import { auditUrl } from "../audit/audit-url";
import { IconButton } from "../ui/button";
import { Ago } from "../ui/clock";
import { Menu, MenuItem, MenuLine } from "../ui/menu";
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
          <span className="font-strong">{person.name}</span>
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
        <Actions person={person} onAsk={onAsk} onEnable={onEnable} />
      </div>
    </div>
  );
}

/** For who is invited, what has become of the link instead. */
function LastSignIn({ person, now }: Pick<PersonRowProps, "person" | "now">) {
  if (person.state === "tampered") return "remove, invite anew";
  if (person.lastSignInAt) return <Ago at={person.lastSignInAt} />;
  if (person.state !== "invited") return "not yet";
  if (!person.linkExpiresAt) return "no link";
  if (Date.parse(person.linkExpiresAt) <= now) return "link expired";
  return (
    <>
      link ends <Ago at={person.linkExpiresAt} />
    </>
  );
}

type ActionsProps = Pick<PersonRowProps, "person" | "onAsk" | "onEnable">;

function Actions({ person, onAsk, onEnable }: ActionsProps) {
  const router = useRouter();
  const trigger = (
    <IconButton label={`More for ${person.name}`} tip="More">
      <Ellipsis aria-hidden size={16} />
    </IconButton>
  );
  return (
    <Menu trigger={trigger} label={`More for ${person.name}`}>
      {person.state === "tampered" ? null : (
        <>
          <Changes person={person} onAsk={onAsk} onEnable={onEnable} />
          <MenuLine />
        </>
      )}
      <MenuItem
        icon={<ScrollText aria-hidden size={16} />}
        onChoose={() => router.push(auditUrl({ actor: person.id, range: "30d" }))}
      >
        On the record
      </MenuItem>
      <MenuLine />
      <MenuItem danger icon={<Trash2 aria-hidden size={16} />} onChoose={() => onAsk("remove")}>
        Remove
      </MenuItem>
    </Menu>
  );
}

function Changes({ person, onAsk, onEnable }: ActionsProps) {
  return (
    <>
      <MenuItem icon={<Shield aria-hidden size={16} />} onChoose={() => onAsk("role")}>
        Change role
      </MenuItem>
      {person.state === "disabled" ? (
        <MenuItem icon={<CircleCheck aria-hidden size={16} />} onChoose={onEnable}>
          Enable
        </MenuItem>
      ) : (
        <>
          {person.state === "invited" ? (
            <MenuItem icon={<Mail aria-hidden size={16} />} onChoose={() => onAsk("link")}>
              New invitation
            </MenuItem>
          ) : (
            <MenuItem icon={<KeyRound aria-hidden size={16} />} onChoose={() => onAsk("link")}>
              Reset password
            </MenuItem>
          )}
          {person.twoStep ? (
            <MenuItem
              icon={<SmartphoneNfc aria-hidden size={16} />}
              onChoose={() => onAsk("two-step")}
            >
              Take second factor away
            </MenuItem>
          ) : null}
          <MenuItem icon={<Ban aria-hidden size={16} />} onChoose={() => onAsk("disable")}>
            Disable
          </MenuItem>
        </>
      )}
    </>
  );
}
