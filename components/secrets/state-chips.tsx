"use client";

import { Circle, Trash2, TriangleAlert } from "lucide-react";
import type { DatedAttention } from "../../lib/attention";
import type { SecretInfo } from "../../lib/shapes";
import { Chip } from "../ui/chip";
import { useAtPresent, useExactTime } from "../ui/clock";
import { relativeTime } from "../ui/time";
import { ATTENTION_CHIPS, ATTENTION_WORDS } from "./attention-words";
import { useAttention } from "./use-attention";

interface StateChipsProps {
  secret: SecretInfo;
  /** Leaves out that it is active. */
  onlyIfTelling?: boolean;
}

/**
 * A secret's state, in words and icons: what asks for attention stands in the place of "active", since one that has
 * expired is not.
 */
export function StateChips({ secret, onlyIfTelling = false }: StateChipsProps) {
  const asking = useAttention(secret);
  if (secret.state === "unreadable") {
    const why = UNREADABLE[secret.unreadable ?? "tampered"];
    return (
      <span className="inline-flex" data-tip={why}>
        <Chip tone="danger" icon={<TriangleAlert aria-hidden size={12} />}>
          unreadable<span className="sr-only">: {why}</span>
        </Chip>
      </span>
    );
  }
  if (secret.state === "trashed") {
    return <Chip icon={<Trash2 aria-hidden size={12} />}>trashed</Chip>;
  }
  if (asking.length > 0) {
    return asking.map((each) => <AttentionChip key={each} secret={secret} attention={each} />);
  }
  if (onlyIfTelling) return null;
  return (
    <Chip tone="bare" icon={<Circle aria-hidden size={8} fill="currentColor" />}>
      active
    </Chip>
  );
}

const UNREADABLE = {
  lost: "Its value was lost with the key: rotate to give it a new one",
  tampered: "Something other than Coffer changed it",
} as const;

interface AttentionChipProps {
  secret: SecretInfo;
  attention: DatedAttention;
}

function AttentionChip({ secret, attention }: AttentionChipProps) {
  const { tone, says, at } = ATTENTION_CHIPS[attention];
  const time = at(secret);
  const relative = useAtPresent((now) => relativeTime(time, now));
  const exact = useExactTime(time);
  const told = `${says} ${exact} (${relative})`;
  return (
    <span
      className="inline-flex"
      {...(exact && { "data-tip": told.charAt(0).toUpperCase() + told.slice(1) })}
    >
      <Chip tone={tone} icon={ATTENTION_WORDS[attention].icon}>
        {attention}
        {exact ? <span className="sr-only">, {told}</span> : null}
      </Chip>
    </span>
  );
}
