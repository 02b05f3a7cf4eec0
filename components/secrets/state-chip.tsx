import { Circle, TriangleAlert, Trash2 } from "lucide-react";
import type { SecretState } from "../../lib/shapes";
import { Chip } from "../ui/chip";

/** A secret's state, in a word and an icon. */
export function StateChip({ state }: { state: SecretState }) {
  switch (state) {
    case "active":
      return (
        <Chip tone="bare" icon={<Circle aria-hidden size={8} fill="currentColor" />}>
          active
        </Chip>
      );
    case "trashed":
      return <Chip icon={<Trash2 aria-hidden size={12} />}>trashed</Chip>;
    case "unreadable":
      return (
        <Chip tone="danger" icon={<TriangleAlert aria-hidden size={12} />}>
          unreadable
        </Chip>
      );
  }
}
