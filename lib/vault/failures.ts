import { CofferError } from "../errors";
import type { Document } from "../reference/document";
import type { Mistake } from "../reference/expand";
import { FAULTS, type Reference } from "../reference/segments";
import type { Reason } from "./decide";
import type { Decisions } from "./references";

/** A reference that failed, as told to the caller: never its default's text. */
export interface FailureInfo {
  reference: string;
  name: string | null;
  reason: Reason;
  message: string;
  /** Where it stands: JSON pointers of the strings that hold it, or `line:column`. */
  paths: readonly string[];
}

/** A reference that failed only when its value was open: wherever it stands, or in these places. */
export interface Failure {
  reference: Reference;
  reason: Reason;
  paths?: readonly string[];
}

const MESSAGES: Record<Exclude<Reason, "malformed" | "unquoted_reference">, string> = {
  denied: "This service's rules, or `only`, do not cover it.",
  missing: "No secret of that name exists in this environment.",
  trashed: "The secret is in the trash. Restore it, or take the reference out.",
  expired: "The secret has expired. Rotate it and set a new expiry.",
  destroyed: "This version was destroyed.",
  no_such_version: "The secret has no such version.",
  not_json: "The value is not a JSON object, so it has no members.",
  no_such_member: "The value has no such member.",
  unsupported: "Coffer does not resolve this kind of reference yet.",
  unencodable: "The document's format has no way to write this value in this place.",
  unreadable:
    "The stored value can't be opened: it was lost with the key until the secret is rotated, or something other than Coffer has changed it.",
};

/** Every failure, each with all of its places: references in the order of the text, then what is malformed. */
export function failureList(
  { uses, mistakes }: Pick<Document, "uses" | "mistakes">,
  decisions: Decisions,
  late: readonly Failure[] = [],
): FailureInfo[] {
  const lateByReference = new Map(late.map((failure) => [failure.reference, failure]));
  const list: FailureInfo[] = [];
  for (const { reference, paths } of uses) {
    const decision = decisions.get(reference);
    const failure = lateByReference.get(reference);
    const reason = decision?.kind === "failure" ? decision.reason : failure?.reason;
    if (reason === undefined) continue;
    list.push({ ...describeFailure(reference, reason), paths: failure?.paths ?? paths });
  }
  return [...list, ...mistakes.map(describeMistake)];
}

/** What is no reference and looks like one, or stands where none is read. */
export function describeMistake({ canonical, fault, path }: Mistake): FailureInfo {
  const [reason, what] =
    fault === "unquoted"
      ? (["unquoted_reference", "This is not a string here"] as const)
      : (["malformed", "This opens like a reference and is none"] as const);
  const message = `${what}: ${FAULTS[fault]}.`;
  return { reference: canonical, name: null, reason, message, paths: [path] };
}

/** A reference that comes to nothing, and why. */
export function describeFailure(reference: Reference, reason: Reason): Omit<FailureInfo, "paths"> {
  const { kind, canonical } = reference;
  const name = kind === "manager" ? null : reference.name;
  return { reference: canonical, name, reason, message: messageOf(reference, reason) };
}

function messageOf({ kind }: Reference, reason: Reason): string {
  if (reason === "malformed" || reason === "unquoted_reference") return "";
  if (kind !== "env") return MESSAGES[reason];
  if (reason === "missing") return "The server has no environment variable of that name.";
  if (reason === "not_json")
    return "The variable does not hold a JSON object, so it has no members.";
  return reason === "denied"
    ? "COFFER_ENV_ALLOW, this service's rules, or `only`, do not cover this variable."
    : MESSAGES[reason];
}

/** The answer to a config with failures: all of them, and nothing else. */
export function unresolved(failures: readonly FailureInfo[]): CofferError {
  const count = failures.length;
  const what = count === 1 ? "A reference" : `${count.toLocaleString("en")} references`;
  return new CofferError("unresolved", `${what} could not be expanded. Nothing was.`, {
    details: { failures },
  });
}
