"use client";

import { createContext, useContext, useSyncExternalStore, type ReactNode } from "react";
import { exactTime, otherDay, relativeTime, timeOfDay } from "./time";

const TICK_MS = 30_000;

/** What time it is, for every relative time on the page: one timer, and only what changes is rendered. */
let now = 0;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function presentTime(at?: string): number {
  // Something newer than the last tick, such as what was just saved, moves the clock on.
  if (now === 0 || (at !== undefined && Date.parse(at) > now)) now = Date.now();
  return now;
}

const ServerNow = createContext(0);

/** Tells the page what time it was on the server, so that the first paint and the browser agree. */
export function Clock({ now: serverNow, children }: { now: number; children: ReactNode }) {
  return <ServerNow.Provider value={serverNow}>{children}</ServerNow.Provider>;
}

/**
 * A text about the present time, in milliseconds since 1970: rendered anew when it changes, and at first the same in
 * the browser as on the server.
 */
export function useAtPresent(of: (now: number) => string): string {
  const serverNow = useContext(ServerNow);
  return useSyncExternalStore(
    subscribe,
    () => of(presentTime()),
    () => of(serverNow),
  );
}

/** A time to the second in the reader's zone: in the browser only, and empty before. */
export function useExactTime(at: string): string {
  return useSyncExternalStore(
    subscribe,
    () => exactTime(at),
    () => "",
  );
}

/**
 * A time as "3 d ago", with the exact one on hover and for screen readers: in the reader's zone, so in the
 * browser only.
 */
export function Ago({ at, className = "" }: { at: string; className?: string }) {
  const serverNow = useContext(ServerNow);
  const relative = useSyncExternalStore(
    subscribe,
    () => relativeTime(at, presentTime(at)),
    () => relativeTime(at, serverNow),
  );
  const exact = useExactTime(at);
  return (
    <time dateTime={at} data-tip={exact} className={`whitespace-nowrap ${className}`}>
      {relative}
      {exact ? <span className="sr-only">, {exact}</span> : null}
    </time>
  );
}

/**
 * A time to the second, with its day unless that is today, and how long ago it was on hover: in the reader's zone, so in
 * the browser only, with its place kept until then.
 */
export function TimeOfDay({ at, className = "" }: { at: string; className?: string }) {
  const time = useSyncExternalStore(
    subscribe,
    () => timeOfDay(at),
    () => "",
  );
  const day = useSyncExternalStore(
    subscribe,
    () => otherDay(at, presentTime(at)),
    () => "",
  );
  const ago = useAtPresent((now) => relativeTime(at, now));
  return (
    <time dateTime={at} data-tip={ago} className={className}>
      <span>{time}</span>
      {day ? <span className="text-small text-muted"> {day}</span> : null}
    </time>
  );
}
