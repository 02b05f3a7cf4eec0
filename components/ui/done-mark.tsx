import { CircleCheck, CircleDashed } from "lucide-react";

/** Beside the words of a step, whether it is done. A screen reader is to be told in words. */
export function DoneMark({ isDone }: { isDone: boolean }) {
  return (
    <span className="mt-0.5 shrink-0">
      {isDone ? (
        <CircleCheck aria-hidden size={16} className="text-checked-text" />
      ) : (
        <CircleDashed aria-hidden size={16} className="text-muted" />
      )}
    </span>
  );
}
