import type { Found } from "../reference/expand";
import type { Reference } from "../reference/segments";
import type { ResolveRow } from "../store/resolve-rows";
import type { ResolveRequest } from "./vault";

/** Why a reference can't be expanded. DESIGN lists the whole set; these are the ones that trees have. */
export type Reason =
  | "denied"
  | "missing"
  | "trashed"
  | "expired"
  | "destroyed"
  | "no_such_version"
  | "not_json"
  | "no_such_member"
  | "malformed"
  | "unsupported"
  | "unreadable";

/** A sealed value and its place. */
export interface Value {
  kind: "value";
  name: string;
  environmentId: string;
  nameKey: string;
  secretId: string;
  version: number;
  sealed: string;
}

/** What a reference comes to: a value that is still sealed, a text that is no secret, or a failure. */
export type Decision = Value | { kind: "text"; text: string } | { kind: "failure"; reason: Reason };

/** What is the same for all references of a request. */
export interface Terms {
  environmentId: string;
  onMissing: ResolveRequest["onMissing"];
  now: Date;
  /** Whether the secret's row is as Coffer wrote it. */
  isIntact: (row: ResolveRow) => boolean;
}

/**
 * Decides every distinct reference of `found` from what the caller may have (`allowed`) and from the rows of
 * those secrets. A reference that is not allowed is `denied` whether or not its secret exists.
 */
export function decide(
  found: Found,
  allowed: ReadonlySet<Reference>,
  rows: readonly ResolveRow[],
  terms: Terms,
): Map<Reference, Decision> {
  const byName = new Map<string, ResolveRow[]>();
  for (const row of rows) {
    const versions = byName.get(row.nameKey);
    if (versions) versions.push(row);
    else byName.set(row.nameKey, [row]);
  }
  const decisions = new Map<Reference, Decision>();
  for (const { reference } of found.uses) {
    const decision =
      reference.kind !== "secret"
        ? failure("unsupported")
        : !allowed.has(reference)
          ? failure("denied")
          : decideOne(reference, byName.get(reference.nameKey) ?? [], terms);
    decisions.set(reference, decision);
  }
  return decisions;
}

function decideOne(
  reference: Reference,
  versions: readonly ResolveRow[],
  { environmentId, onMissing, now, isIntact }: Terms,
): Decision {
  const [any] = versions;
  if (any === undefined) return decideMissing(reference, onMissing);
  if (!isIntact(any)) return failure("unreadable");
  if (any.deletedAt !== null) return failure("trashed");
  if (any.expiresAt !== null && any.expiresAt <= now) return failure("expired");
  const wanted = reference.version ?? any.currentVersion;
  const row = versions.find(({ version }) => version === wanted);
  if (!row) return failure(wanted === any.currentVersion ? "unreadable" : "no_such_version");
  if (row.sealed === null) return failure("destroyed");
  const { id: secretId, name, nameKey, sealed } = row;
  return { kind: "value", name, environmentId, nameKey, secretId, version: wanted, sealed };
}

/** A default and `onMissing` help only here: where no row of that name exists, live or trashed. */
function decideMissing(reference: Reference, onMissing: ResolveRequest["onMissing"]): Decision {
  if (reference.fallback !== undefined) return { kind: "text", text: reference.fallback };
  if (onMissing === "keep") return { kind: "text", text: reference.raw };
  if (onMissing === "empty") return { kind: "text", text: "" };
  return failure("missing");
}

function failure(reason: Reason): Decision {
  return { kind: "failure", reason };
}
