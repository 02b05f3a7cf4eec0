import { isInIpBlock, readIp, readIpBlock, type IpBlock } from "../ip-block";
import type { EventRow } from "./event-rows";

/** Which events of the audit record are looked for: those to which all of it applies. Times are in milliseconds. */
export interface RecordFilter {
  /** Id or name of who did it, without regard to case. */
  actor?: string | undefined;
  /** `secrets.rotate`, or the first part of several: `secrets`. */
  action?: string | undefined;
  /** A secret's name in lower case. */
  secret?: string | undefined;
  /** Services, by id, and by every name that they have had, in lower case: what they did, and what was done to them. */
  services?: readonly string[] | undefined;
  outcome?: string | undefined;
  /** As it is on record, or all of a block: `10.0.0.0/8`. */
  address?: string | undefined;
  environment?: string | undefined;
  requestId?: string | undefined;
  /** From this time on. */
  from?: number | undefined;
  /** Before this time. */
  to?: number | undefined;
}

/** What of an event is looked for. Names are JSON, as they are stored. */
export type SoughtEvent = Omit<EventRow, "at" | "code" | "userAgent" | "tokenId" | "incident">;

/** What an event counts as: a value that was read, a refusal, a failure, or anything else that was done. */
export type RecordClass = "reads" | "denied" | "failed" | "other";

/** The one of an event. */
export function classOf({ action, outcome }: Pick<SoughtEvent, "action" | "outcome">): RecordClass {
  if (outcome === "denied") return "denied";
  if (outcome !== "ok") return "failed";
  return action === "secrets.resolve" || action === "secrets.render" ? "reads" : "other";
}

/** In SQL, of the table `e`: whether `target` is a secret's name; and whether it is a service's. */
const ON_SECRET = `((e."action" LIKE 'secrets.%' OR e."action" LIKE 'incidents.%') AND e."action" <> 'secrets.check')`;
const ON_SERVICE = `(e."action" LIKE 'services.%' OR e."action" LIKE 'tokens.%' OR e."action" = 'secrets.check')`;

/** The same of an event. */
const isOnSecret = (action: string): boolean =>
  /^(secrets|incidents)\./.test(action) && action !== "secrets.check";
const isOnService = (action: string): boolean =>
  /^(services|tokens)\./.test(action) || action === "secrets.check";

/** The words by which an event is found, each once. Every condition of a filter but its times has one that it needs. */
export function termsOfEvent(event: SoughtEvent): string[] {
  const { action, actorKind, environment, target } = event;
  const terms = [
    ALL_TERM,
    ...[event.actorId, event.actorName].map((actor) => `actor ${lower(actor)}`),
    ...[action, action.split(".", 1)[0] ?? ""].map((name) => `action ${name}`),
    ...[`address ${event.address}`, `environment ${environment}`],
  ];
  terms.push(...termsOfOutcome(event.outcome).flat());
  const ip = readIp(event.address);
  if (ip) terms.push(...prefixesOf(ip).map((bits) => networkTerm(ip, bits)));
  for (const name of namesOf(event)) {
    terms.push(`secret ${name}`, `secret ${name} in ${environment}`);
  }
  if (actorKind === "service") terms.push(`service ${lower(event.actorId)}`);
  else if (isOnService(action)) terms.push(`service ${lower(target)}`);
  return [...new Set(terms)];
}

function namesOf({ action, target, names }: SoughtEvent): Set<string> {
  const found = new Set<string>();
  if (isOnSecret(action) && target !== "") found.add(lower(target));
  for (const entry of namesIn(names)) found.add(lower(entry));
  return found;
}

function namesIn(names: string): string[] {
  if (names === "[]") return [];
  try {
    return (JSON.parse(names) as [string, number][]).map(([name]) => name);
  } catch {
    return []; // not as Coffer wrote it, which is for verifying to say
  }
}

/**
 * How many times something was done by what an event tells. One that stands for many refusals says of which secrets they were, and
 * not how many of each: of one secret it counts once, unless it is of no other.
 */
export function timesOf(
  { repeats, names }: Pick<SoughtEvent, "repeats" | "names">,
  isOfOneSecret: boolean,
): number {
  if (repeats === null) return 1;
  return isOfOneSecret && namesIn(names).length > 1 ? 1 : repeats;
}

/** Whether a word is a secret's. */
export const isOfSecret = (term: string): boolean => term.startsWith("secret ");

/** The word that every event has. */
export const ALL_TERM = "all";

/**
 * The words that an event must have to pass: one of each list. Outcome and request have none here: the one is counted
 * apart, the other is kept apart. An event that has them need not pass: that is for `conditionOf`.
 */
export function termsOfFilter(filter: RecordFilter): string[][] {
  const { actor, action, secret, services, address, environment } = filter;
  const terms: string[][] = [];
  if (actor !== undefined) terms.push([`actor ${lower(actor)}`]);
  if (action !== undefined) terms.push([`action ${action}`]);
  if (secret !== undefined && environment !== undefined) {
    terms.push([`secret ${secret} in ${environment}`]);
  } else if (secret !== undefined) terms.push([`secret ${secret}`]);
  else if (environment !== undefined) terms.push([`environment ${environment}`]);
  if (services !== undefined) terms.push(services.map((service) => `service ${lower(service)}`));
  if (address !== undefined) terms.push(...termsOfAddress(address));
  return terms;
}

/** Whether what has the words of a filter is just what passes, but for the outcome: then it can be counted by them. */
export function isByWords(filter: RecordFilter): boolean {
  const { address, requestId } = filter;
  if (requestId !== undefined || termsOfFilter(filter).length > 1) return false;
  const block = address === undefined ? null : blockOf(address);
  return block === null || prefixesOf(block.bytes).includes(block.bits);
}

/** The bits of a block that are a word: of others the next shorter one is. IPv4 addresses are words as they are. */
const PREFIXES = { 4: [8, 16, 24], 16: [16, 32, 48, 56, 64, 128] };

function prefixesOf({ length }: readonly number[]): readonly number[] {
  return PREFIXES[length === 4 ? 4 : 16];
}

function networkTerm(bytes: readonly number[], bits: number): string {
  return `network ${String(bytes.length)} ${bytes.slice(0, bits / 8).join(".")}`;
}

function termsOfAddress(address: string): string[][] {
  const block = blockOf(address);
  if (!block) return [[`address ${address}`]];
  const bits = prefixesOf(block.bytes).findLast((each) => each <= block.bits);
  return bits === undefined ? [] : [[networkTerm(block.bytes, bits)]];
}

/** The block that is looked for: one of one IPv6 address, too, since that can be spelled in several ways. */
function blockOf(address: string): IpBlock | null {
  return /[/:]/.test(address) ? readIpBlock(address) : null;
}

/** What `conditionOf` calls `in_block`: 1 where an address lies in a block. For one connection. */
export function inBlock(): (text: string, address: unknown) => number {
  let known = { text: "", block: null as IpBlock | null };
  return (text, address) => {
    if (text !== known.text) known = { text, block: readIpBlock(text) };
    const ip = typeof address === "string" ? readIp(address) : null;
    return known.block && ip && isInIpBlock(known.block, ip) ? 1 : 0;
  };
}

/** The same for an outcome: what went well has no word, because nearly everything would have it. */
export function termsOfOutcome(outcome: string | undefined): string[][] {
  return outcome === undefined || outcome === "ok" ? [] : [[`outcome ${outcome}`]];
}

/** What a filter says but for its times, as SQL over the table `e`, for a connection that has `in_block`. */
export function conditionOf(filter: RecordFilter): { sql: string; values: (string | number)[] } {
  const { actor, action, secret, services, address } = filter;
  const parts: string[] = [];
  const values: (string | number)[] = [];
  const add = (sql: string, ...some: readonly (string | number)[]) => {
    parts.push(sql);
    values.push(...some);
  };
  if (actor !== undefined) {
    add(`(lower(e."actorId") = ? OR lower(e."actorName") = ?)`, lower(actor), lower(actor));
  }
  if (action?.includes(".") === true) add(`e."action" = ?`, action);
  else if (action !== undefined) {
    add(
      `(e."action" = ? OR substr(e."action", 1, ?) = ?)`,
      action,
      action.length + 1,
      `${action}.`,
    );
  }
  if (secret !== undefined) {
    // `["name",` is in the JSON for that name and for no other that begins or ends alike: names have no quotes.
    const named = `["${secret}",`;
    add(
      `(instr(lower(e."names"), ?) > 0 OR (lower(e."target") = ? AND ${ON_SECRET}))`,
      named,
      secret,
    );
  }
  if (services !== undefined) {
    const some = services.map(lower);
    const list = some.map(() => "?").join(", ");
    add(
      `(CASE WHEN e."actorKind" = 'service' THEN lower(e."actorId") IN (${list})
        ELSE ${ON_SERVICE} AND lower(e."target") IN (${list}) END)`,
      ...[...some, ...some],
    );
  }
  for (const column of ["outcome", "environment", "requestId"] as const) {
    const value = filter[column];
    if (value !== undefined) add(`e."${column}" = ?`, value);
  }
  if (address !== undefined) {
    add(blockOf(address) ? `in_block(?, e."address")` : `e."address" = ?`, address);
  }
  return { sql: parts.join(" AND ") || "1", values };
}

/** As SQLite's `lower` does it: the letters of ASCII, and no others. */
export function lower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
