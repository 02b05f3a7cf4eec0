import type { ReactNode } from "react";
import type { StoryEvent } from "../../lib/shapes";
import { Ago } from "../ui/clock";
import { DoneMark } from "../ui/done-mark";

interface StepProps {
  title: string;
  /** What it does, what it breaks, and whether it can be undone. */
  about: ReactNode;
  isDone: boolean;
  /** Who did it last, and when. */
  last: StoryEvent | undefined;
  /** What is done or left in numbers, beside that. */
  says?: ReactNode;
  action?: ReactNode;
  children?: ReactNode;
}

/** One step of handling an incident: what it is, whether it is done, and by whom. */
export function Step({ title, about, isDone, last, says, action, children }: StepProps) {
  return (
    <li className="flex gap-3 px-4 py-3">
      <DoneMark isDone={isDone} />
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-start justify-between gap-3">
          <div className="min-w-0 flex-1 basis-72">
            <h3 className="font-strong">
              {title} <span className="sr-only">({isDone ? "done" : "not done"})</span>
            </h3>
            <p className="text-muted">{about}</p>
            <p className="mt-1 text-small">
              {says}
              {last ? (
                <span className="text-muted">
                  {" "}
                  {last.by}, <Ago at={last.at} />
                </span>
              ) : null}
            </p>
          </div>
          {action}
        </div>
        {children}
      </div>
    </li>
  );
}

/** The last event of that action that went well. */
export function lastDone(events: readonly StoryEvent[], action: string): StoryEvent | undefined {
  return events.findLast((event) => event.action === action && event.outcome === "ok");
}
