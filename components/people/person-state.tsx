import { Ban, Circle, Mail, TriangleAlert } from "lucide-react";
import type { PersonInfo } from "../../lib/shapes";
import { Chip } from "../ui/chip";

/** Whether somebody can sign in. */
export function PersonState({ state }: { state: PersonInfo["state"] }) {
  switch (state) {
    case "active":
      return (
        <Chip tone="bare" icon={<Circle aria-hidden size={8} fill="currentColor" />}>
          active
        </Chip>
      );
    case "invited":
      return <Chip icon={<Mail aria-hidden size={12} />}>invited</Chip>;
    case "disabled":
      return (
        <Chip tone="soon" icon={<Ban aria-hidden size={12} />}>
          disabled
        </Chip>
      );
    case "tampered":
      return (
        <Chip tone="danger" icon={<TriangleAlert aria-hidden size={12} />}>
          tampered
        </Chip>
      );
  }
}
