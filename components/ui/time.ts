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

let clock: Intl.DateTimeFormat | undefined;
/** The time of day to the second, in the reader's zone: "14:05:33". */
export function timeOfDay(at: string): string {
  clock ??= new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  return clock.format(new Date(at));
}

const DAY_AND_MONTH = { day: "numeric", month: "short" } as const;
const HOUR_AND_MINUTE = { hour: "2-digit", minute: "2-digit" } as const;

let date: Intl.DateTimeFormat | undefined;
let dateOfYear: Intl.DateTimeFormat | undefined;

/** The day, in the reader's zone, unless it is the one of `now`: "12 Mar", or "12 Mar 2025" where it is of another year. */
export function otherDay(at: string, now: number): string {
  date ??= new Intl.DateTimeFormat("en-GB", { ...DAY_AND_MONTH, year: "numeric" });
  dateOfYear ??= new Intl.DateTimeFormat("en-GB", DAY_AND_MONTH);
  const [day, today] = [date.format(new Date(at)), date.format(now)];
  if (day === today) return "";
  return day.slice(-4) === today.slice(-4) ? dateOfYear.format(new Date(at)) : day;
}

/** A time on the axis of a chart that spans so many milliseconds, as exact as can be told there. */
export function axisTime(at: number, spanMs: number): string {
  const shown =
    spanMs <= DAY / 2
      ? HOUR_AND_MINUTE
      : spanMs <= 10 * DAY
        ? { ...DAY_AND_MONTH, ...HOUR_AND_MINUTE }
        : { ...DAY_AND_MONTH, ...(spanMs > 300 * DAY && { year: "numeric" as const }) };
  return new Intl.DateTimeFormat("en-GB", shown).format(at);
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
