import { SOUGHT, SOUGHT_ACTION } from "../../lib/bounds";
import { readIpBlock } from "../../lib/ip-block";
import { isName, isSlug, NAME_RULE, SLUG_RULE } from "../../lib/name";

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

const OUTCOMES = ["ok", "denied", "failed"] as const;

/**
 * What the page's address asks for, as it stands there; an empty text asks for nothing. `from` and `to` are in place
 * of a range: from one time to before another.
 */
export type AuditFilters = Record<
  (typeof WORDS)[number] | "outcome" | "range" | "from" | "to",
  string
>;

type Search = Record<string, string | string[] | undefined>;

/** What an address asks for. What can't be asked for is kept, and `faultsOf` tells of it. */
export function filtersOf(search: Search): AuditFilters {
  // One that is there twice stays both: as one of them it would ask for something else.
  const one = (name: string) => [search[name] ?? ""].flat().join(" ").trim();
  const time = (name: string) => {
    const at = Date.parse(one(name));
    return Number.isNaN(at) ? one(name) : new Date(at).toISOString();
  };
  const words = Object.fromEntries(WORDS.map((name) => [name, one(name)]));
  return {
    ...(words as Record<(typeof WORDS)[number], string>),
    ...{ outcome: one("outcome"), range: one("range") || DEFAULT_RANGE },
    ...{ from: time("from"), to: time("to") },
  };
}

interface Taken {
  label: string;
  isFine: (text: string) => boolean;
  /** What can be asked for, as a sentence. */
  rule: string;
}

const upTo = (most: number) => ({
  isFine: (text: string) => text.length <= most,
  rule: `It has at most ${String(most)} characters.`,
});
const isTime = (text: string) => !Number.isNaN(Date.parse(text));
const TIME_RULE = "A time is one such as 2030-01-31T00:00:00Z.";

/** What the API takes of each filter. */
const TAKEN: Readonly<Record<keyof AuditFilters, Taken>> = {
  actor: { label: "Who", ...upTo(SOUGHT.actor) },
  action: {
    label: "Action",
    isFine: (text) => SOUGHT_ACTION.test(text),
    rule: "An action is one such as secrets.rotate, or secrets for all of those.",
  },
  secret: {
    label: "Secret",
    isFine: (text) => isName(text.replace(/^\$ENV\//, "")),
    rule: `A secret's name has ${NAME_RULE}.`,
  },
  service: { label: "Service", ...upTo(SOUGHT.service) },
  address: {
    label: "Address",
    isFine: (text) =>
      text.length <= SOUGHT.address && (!text.includes("/") || readIpBlock(text) !== null),
    rule: "It is an address, or a block such as 10.0.0.0/8 or 2001:db8::/32.",
  },
  environment: {
    label: "Environment",
    isFine: isSlug,
    rule: `An environment is named by ${SLUG_RULE}.`,
  },
  requestId: { label: "Request", ...upTo(SOUGHT.requestId) },
  outcome: {
    label: "Outcome",
    isFine: (text) => OUTCOMES.some((outcome) => outcome === text),
    rule: `It is one of ${OUTCOMES.join(", ")}.`,
  },
  range: {
    label: "Time",
    isFine: (text) => RANGES.some(({ value }) => value === text),
    rule: `It is one of ${RANGES.map(({ value }) => value).join(", ")}.`,
  },
  from: { label: "From", isFine: isTime, rule: TIME_RULE },
  to: { label: "To", isFine: isTime, rule: TIME_RULE },
};

/** A filter that can't be asked for. */
export interface FilterFault {
  name: keyof AuditFilters;
  label: string;
  text: string;
  rule: string;
}

/** What of the filters can't be asked for, each with what can. */
export function faultsOf(filters: AuditFilters): FilterFault[] {
  const names = Object.keys(TAKEN) as (keyof AuditFilters)[];
  return names.flatMap((name) => {
    const [{ label, isFine, rule }, text] = [TAKEN[name], filters[name]];
    return text === "" || isFine(text) ? [] : [{ name, label, text, rule }];
  });
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

/**
 * Filters as the API takes them; null where one of them can't be asked for: without it, more would be found than was
 * looked for. @param now in milliseconds
 */
export function queryOf(filters: AuditFilters, now: number): AuditQuery | null {
  if (faultsOf(filters).length > 0) return null;
  const query: AuditQuery = {};
  for (const name of WORDS) if (filters[name]) query[name] = filters[name];
  const { from, to, range } = filters;
  const outcome = OUTCOMES.find((each) => each === filters.outcome);
  if (outcome) query.outcome = outcome;
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
