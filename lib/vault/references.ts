import type { ServiceCaller } from "../access/caller";
import { may } from "../access/may";
import { compilePatterns } from "../access/rules";
import type { NamedVersion } from "../audit/event";
import type { Use } from "../reference/expand";
import type { Reference } from "../reference/segments";
import type { ServerVariables } from "../server-variables";
import { decide, type Decision } from "./decide";
import type { Door } from "./door";
import type { SecretCache } from "./secret-cache";
import type { OnMissing } from "./vault";

/** What each reference of a request comes to, in the order in which they first stand. */
export type Decisions = ReadonlyMap<Reference, Decision>;

/** Where it is looked up what a reference names. */
interface Readable {
  variables: ServerVariables;
  secrets: SecretCache;
}

/** On what terms the references of a request are decided. */
export interface Asked {
  action: "secrets.resolve" | "secrets.watch" | "secrets.check";
  onMissing: OnMissing;
  only: readonly string[] | undefined;
}

/**
 * Decides every reference for `service`: what its rules and `only` do not cover is denied before anything is
 * looked up, so that what exists and what does not are denied alike. Opens nothing.
 */
export async function decideAll(
  door: Door,
  { variables, secrets }: Readable,
  service: ServiceCaller,
  uses: readonly Use[],
  { action, onMissing, only }: Asked,
): Promise<Decisions> {
  const isAsked = only && compilePatterns(only);
  const allowed = uses.flatMap(({ reference }) =>
    isCovered(service, action, reference) &&
    (isAsked?.(reference.nameKey.toLowerCase()) ?? true) &&
    (reference.kind !== "env" || variables.isAllowed(reference.name))
      ? [reference]
      : [],
  );
  const named = allowed.filter(({ kind }) => kind === "secret");
  const rows = await secrets.rows(
    service,
    [...new Set(named.map(({ nameKey }) => nameKey))],
    [...new Set(named.flatMap(({ version }) => version ?? []))],
  );
  return decide(uses, new Set(allowed), rows, {
    onMissing,
    now: door.now(),
    isSet: (variable) => variables.read(variable) !== undefined,
    isIntact: (row) => secrets.isIntact(row),
  });
}

function isCovered(
  service: ServiceCaller,
  action: Asked["action"],
  { kind, name, version }: Reference,
): boolean {
  const { environment } = service;
  switch (kind) {
    case "secret":
      return may(service, action, { environment, name, otherVersion: version !== undefined });
    case "env":
      return may(service, action, { environment, variable: name });
    case "manager":
      return false;
  }
}

/** For the record: each secret or variable that was asked for, with the secret's version; 0 where it has none. */
export function namedVersions(decisions: Decisions): NamedVersion[] {
  const names = new Map<string, NamedVersion>();
  for (const [reference, decision] of decisions) {
    const version = decision.kind === "value" ? decision.version : 0;
    const name = decision.kind === "value" ? decision.name : recordedName(reference);
    names.set(`${reference.kind} ${reference.nameKey} ${String(version)}`, [name, version]);
  }
  return [...names.values()];
}

/** What a reference's target is called on the record. */
export function recordedName({ kind, name }: Reference): string {
  switch (kind) {
    case "secret":
      return name;
    case "env":
      return `$ENV/${name}`;
    case "manager":
      return `$secret://${name}`;
  }
}
