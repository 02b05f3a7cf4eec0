const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

/** Times to look back to, as the address has them. */
export const RANGES = [
  { value: "1h", label: "Last hour", ms: HOUR },
  { value: "24h", label: "Last 24 hours", ms: DAY },
  { value: "7d", label: "Last 7 days", ms: 7 * DAY },
  { value: "30d", label: "Last 30 days", ms: 30 * DAY },
  { value: "90d", label: "Last 90 days", ms: 90 * DAY },
  { value: "all", label: "All time", ms: Infinity },
] as const;

const DEFAULT_RANGE = "7d";
const WORDS = [
  "actor",
  "action",
  "secret",
  "service",
  "address",
  "environment",
  "requestId",
] as const;

/** What the page's address asks for; an empty text asks for nothing. */
export type AuditFilters = Record<(typeof WORDS)[number], string> & {
  outcome: "" | "ok" | "denied" | "failed";
  range: (typeof RANGES)[number]["value"];
  /** In place of a range: from one time to before another. */
  from: string;
  to: string;
};

type Search = Record<string, string | string[] | undefined>;

/** What an address asks for. What can't be asked for is left out. */
export function filtersOf(search: Search): AuditFilters {
  const one = (name: string) => {
    const value = search[name];
    return typeof value === "string" ? value.trim().slice(0, 320) : "";
  };
  const time = (name: string) => {
    const at = Date.parse(one(name));
    return Number.isNaN(at) ? "" : new Date(at).toISOString();
  };
  const outcome = one("outcome");
  const words = Object.fromEntries(WORDS.map((name) => [name, one(name)]));
  const [from, to] = [time("from"), time("to")];
  return {
    ...(words as Record<(typeof WORDS)[number], string>),
    action: /^[a-z_]{1,40}(\.[a-z_.]{1,40})?$/.test(one("action")) ? one("action") : "",
    secret: /^(\$ENV\/)?[A-Za-z_]\w{0,127}$/.test(one("secret")) ? one("secret") : "",
    environment: /^[a-z][a-z0-9-]{0,62}$/.test(one("environment")) ? one("environment") : "",
    outcome: outcome === "ok" || outcome === "denied" || outcome === "failed" ? outcome : "",
    range: RANGES.find(({ value }) => value === one("range"))?.value ?? DEFAULT_RANGE,
    ...{ from, to },
  };
}

/** The page's address for filters. */
export function auditUrl(filters: Partial<AuditFilters>): string {
  const search = new URLSearchParams();
  for (const name of [...WORDS, "outcome"] as const) {
    const value = filters[name];
    if (value) search.set(name, value);
  }
  const { range = DEFAULT_RANGE, from, to } = filters;
  if (from) search.set("from", from);
  if (to) search.set("to", to);
  if (!from && !to && range !== DEFAULT_RANGE) search.set("range", range);
  const text = search.toString();
  return text ? `/audit?${text}` : "/audit";
}

/** What the API is asked for: the same filters, with the range as a time. */
export type AuditQuery = Partial<Record<(typeof WORDS)[number] | "from" | "to", string>> & {
  outcome?: "ok" | "denied" | "failed";
};

/** Filters as the API takes them. @param now in milliseconds */
export function queryOf(filters: AuditFilters, now: number): AuditQuery {
  const query: AuditQuery = {};
  for (const name of WORDS) if (filters[name]) query[name] = filters[name];
  if (filters.outcome) query.outcome = filters.outcome;
  const { from, to, range } = filters;
  const ms = RANGES.find(({ value }) => value === range)?.ms ?? Infinity;
  if (from) query.from = from;
  else if (!to && ms !== Infinity) query.from = new Date(now - ms).toISOString();
  if (to) query.to = to;
  return query;
}

/** Whether anything but the time is asked for. */
export function isFiltered(filters: AuditFilters): boolean {
  return [...WORDS, "outcome" as const].some((name) => filters[name] !== "");
}

/** How many events a page asks for to show the last few, so that some are left without those who only looked at it. */
export const LATEST_LIMIT = 100;
