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
import { Menu, MenuItem, MenuLine } from "../ui/menu";
import type { Asked } from "./person-dialogs";

interface PersonMenuProps {
  person: PersonInfo;
  onAsk: (what: Asked) => void;
  onEnable: () => void;
}

/** What can be done to somebody. */
export function PersonMenu({ person, onAsk, onEnable }: PersonMenuProps) {
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

function Changes({ person, onAsk, onEnable }: PersonMenuProps) {
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
