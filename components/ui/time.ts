const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEPS: readonly [limit: number, unit: number, name: string][] = [
  [HOUR, MINUTE, "min"],
  [DAY, HOUR, "h"],
  [120 * DAY, DAY, "d"],
  [365 * DAY, 30 * DAY, "mo"],
  [Infinity, 365 * DAY, "y"],
];

/** A time relative to `now`, short: "just now", "3 d ago", "in 12 d". */
export function relativeTime(at: string, now: number): string {
  const away = Date.parse(at) - now;
  const distance = Math.abs(away);
  if (distance < MINUTE) return "just now";
  for (const [limit, unit, name] of STEPS) {
    if (distance >= limit) continue;
    const units = distance / unit;
    const amount = `${String(away < 0 ? Math.floor(units) : Math.round(units))} ${name}`;
    return away < 0 ? `${amount} ago` : `in ${amount}`;
  }
  return "";
}

let format: Intl.DateTimeFormat | undefined;

/** A time to the second, in the reader's zone: "12 Mar 2026, 14:05:33 GMT+1". */
export function exactTime(at: string): string {
  format ??= new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  });
  return format.format(new Date(at));
}
