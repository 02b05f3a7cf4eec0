import { CofferError } from "../errors";
import type { Found } from "../reference/expand";
import { FAULTS, type Reference } from "../reference/segments";
import type { Decision, Reason } from "./decide";

/** A reference that failed, as told to the caller: never its default's text. */
export interface FailureInfo {
  reference: string;
  name: string | null;
  reason: Reason;
  message: string;
  /** JSON pointers of the strings that hold it. */
  paths: readonly string[];
}

/** A reference that failed only when its value was open. */
export interface Failure {
  reference: Reference;
  reason: Reason;
}

const MESSAGES: Record<Exclude<Reason, "malformed">, string> = {
  denied: "This service's rules, or `only`, do not cover it.",
  missing: "No secret of that name exists in this environment.",
  trashed: "The secret is in the trash. Restore it, or take the reference out.",
  expired: "The secret has expired. Rotate it and set a new expiry.",
  destroyed: "This version was destroyed.",
  no_such_version: "The secret has no such version.",
  not_json: "The value is not a JSON object, so it has no members.",
  no_such_member: "The value has no such member.",
  unsupported: "Coffer does not resolve this kind of reference yet.",
  unreadable:
    "The stored value can't be opened, or its row was changed by something other than Coffer.",
};

/** Every failure, each with all of its places, in the order of the text. */
export function failureList(
  found: Found,
  decisions: ReadonlyMap<Reference, Decision>,
  late: readonly Failure[] = [],
): FailureInfo[] {
  const lateReasons = new Map(late.map(({ reference, reason }) => [reference, reason]));
  const list: FailureInfo[] = [];
  for (const { reference, paths } of found.uses) {
    const decision = decisions.get(reference);
    const reason = decision?.kind === "failure" ? decision.reason : lateReasons.get(reference);
    if (reason === undefined || reason === "malformed") continue;
    const name = reference.kind === "secret" ? reference.name : null;
    list.push({ reference: reference.canonical, name, reason, message: MESSAGES[reason], paths });
  }
  for (const { canonical, fault, path } of found.mistakes) {
    list.push({
      reference: canonical,
      name: null,
      reason: "malformed",
      message: `This opens like a reference and is none: ${FAULTS[fault]}.`,
      paths: [path],
    });
  }
  return list;
}

/** The answer to a config with failures: all of them, and nothing else. */
export function unresolved(failures: readonly FailureInfo[]): CofferError {
  const count = failures.length;
  const what = count === 1 ? "A reference" : `${count.toLocaleString("en")} references`;
  return new CofferError("unresolved", `${what} could not be expanded. Nothing was.`, {
    details: { failures },
  });
}
