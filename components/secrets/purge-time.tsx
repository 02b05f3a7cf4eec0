"use client";

import { useAtPresent, useExactTime } from "../ui/clock";
import { relativeTime } from "../ui/time";

/**
 * When the trash gives a secret up for good: "in 23 d", exact on hover and for screen readers. Once that is reached it is
 * up to the daily sweep, which counts the days that Coffer ran.
 */
export function PurgeTime({ at }: { at: string }) {
  const relative = useAtPresent((now) => (Date.parse(at) > now ? relativeTime(at, now) : "soon"));
  const exact = useExactTime(at);
  return (
    <time
      dateTime={at}
      data-tip={exact && `Kept until ${exact}, then purged for good by the daily sweep`}
      className="whitespace-nowrap"
    >
      {relative}
      {exact ? <span className="sr-only">, kept until {exact}</span> : null}
    </time>
  );
}
