"use client";

import { useAtPresent, useExactTime } from "../ui/clock";
import { relativeTime } from "../ui/time";

/** When the trash gives a secret up for good: "in 23 d", exact on hover and for screen readers. */
export function PurgeTime({ at }: { at: string }) {
  const relative = useAtPresent((now) =>
    Date.parse(at) > now ? relativeTime(at, now) : "next sweep",
  );
  const exact = useExactTime(at);
  return (
    <time
      dateTime={at}
      data-tip={exact && `Can be restored until ${exact}, then it is purged for good`}
      className="whitespace-nowrap"
    >
      {relative}
      {exact ? <span className="sr-only">, can be restored until {exact}</span> : null}
    </time>
  );
}
