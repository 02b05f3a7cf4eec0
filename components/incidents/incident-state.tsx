import { CircleCheck, TriangleAlert } from "lucide-react";
import type { IncidentInfo } from "../../lib/shapes";
import { Chip } from "../ui/chip";

/** Whether an incident is open. */
export function IncidentState({ incident }: { incident: IncidentInfo }) {
  return incident.closedAt === null ? (
    <Chip tone="danger" icon={<TriangleAlert aria-hidden size={12} />}>
      open
    </Chip>
  ) : (
    <Chip icon={<CircleCheck aria-hidden size={12} />}>closed</Chip>
  );
}
