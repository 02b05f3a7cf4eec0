import { LOST } from "../crypto/sealed-key";
import type { Use } from "../reference/expand";
import type { Reference } from "../reference/segments";
import type { ResolveRow } from "../store/resolve-rows";
import type { OnMissing } from "./vault";

/** Why a reference can't be expanded. */
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
  | "unquoted_reference"
  | "unencodable"
  | "unreadable";

/** A sealed value, with the row that it stands in. */
export interface Value {
  kind: "value";
  name: string;
  secretId: string;
  version: number;
  sealed: string;
  row: ResolveRow;
}

/**
 * What a reference comes to: a value that is still sealed, a variable that is still unread, a text that is no
 * secret, or a failure.
 */
export type Decision =
  | Value
  | { kind: "variable"; name: string }
  | { kind: "text"; text: string }
  | { kind: "failure"; reason: Reason };

/** What is the same for all references of a request. */
export interface Terms {
  onMissing: OnMissing;
  now: Date;
  /** Whether a variable of the server's environment is set. */
  isSet: (variable: string) => boolean;
  /** Whether the secret's row is as Coffer wrote it. */
  isIntact: (row: ResolveRow) => boolean;
}

/**
 * Decides every distinct reference from what the caller may have (`allowed`) and from the rows of
 * those secrets. A reference that is not allowed is `denied` whether or not its secret exists.
 */
export function decide(
  uses: readonly Use[],
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
  for (const { reference } of uses) {
    const versions = byName.get(reference.nameKey) ?? [];
    decisions.set(reference, decideOne(reference, allowed, versions, terms));
  }
  return decisions;
}

function decideOne(
  reference: Reference,
  allowed: ReadonlySet<Reference>,
  versions: readonly ResolveRow[],
  terms: Terms,
): Decision {
  if (reference.kind === "manager") return failure("unsupported");
  if (!allowed.has(reference)) return failure("denied");
  if (reference.kind === "secret") return decideSecret(reference, versions, terms);
  return terms.isSet(reference.name)
    ? { kind: "variable", name: reference.name }
    : decideMissing(reference, terms.onMissing);
}

function decideSecret(
  reference: Reference,
  versions: readonly ResolveRow[],
  { onMissing, now, isIntact }: Terms,
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
  if (row.sealed === LOST) return failure("unreadable");
  const { id: secretId, name, sealed } = row;
  return { kind: "value", name, secretId, version: wanted, sealed, row };
}

/** A default and `onMissing` help only here: where no row, live or trashed, or no variable of that name exists. */
function decideMissing(reference: Reference, onMissing: OnMissing): Decision {
  if (reference.fallback !== undefined) return { kind: "text", text: reference.fallback };
  if (onMissing === "keep") return { kind: "text", text: reference.raw };
  if (onMissing === "empty") return { kind: "text", text: "" };
  return failure("missing");
}

function failure(reason: Reason): Decision {
  return { kind: "failure", reason };
}
