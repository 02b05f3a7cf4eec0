import { NAME_RULE, nameKeyOf } from "../name";

/**
 * A complete reference. Whether the caller may have it, and what it becomes, is decided elsewhere: nothing
 * in this folder has seen a secret.
 */
export interface Reference {
  readonly kind: "secret" | "env" | "manager";
  readonly syntax: "dollar" | "braces" | "angles" | "env-path" | "env-uri" | "manager-uri";
  /** As typed. Of a manager reference, all that follows `$secret://`. */
  readonly name: string;
  /** What rules and lookups compare: in lower case for a secret, as typed for the other kinds. */
  readonly nameKey: string;
  /** The member of a JSON value that is meant. */
  readonly member: string | undefined;
  /** The version that is meant, 1 or more; undefined for the current one. */
  readonly version: number | undefined;
  /** The default's text, perhaps empty. May be sensitive: never for a log, the audit record or an error. */
  readonly fallback: string | undefined;
  /** The text of the reference in the input, default included. Two references with one `raw` are equal. */
  readonly raw: string;
  /** The reference without its default, its blanks, and its keyword's case. Safe to show and to record. */
  readonly canonical: string;
}

/** Text that opens like a reference and is not one. It must not travel on as if it were a value. */
export interface Malformed {
  readonly kind: "malformed";
  readonly fault: Fault;
  readonly raw: string;
  /** The text up to the fault, then `…`. Never a default's text, so safe to show and to record. */
  readonly canonical: string;
}

/** One piece of a text. The `raw` of all its pieces, one after the other, is the text. */
export type Segment =
  | Reference
  | Malformed
  | { readonly kind: "text"; readonly raw: string }
  /** Backslashes, and what the odd one makes literal: `raw` is to be replaced by `text`. */
  | { readonly kind: "escape"; readonly raw: string; readonly text: string };

/** What is wrong with a malformed reference, as the end of a sentence for people. */
export const FAULTS = {
  name: `its name must be ${NAME_RULE}`,
  member: "its member must be 1 to 128 letters, digits, underscores and hyphens",
  env_member: "its member must be 1 to 128 characters",
  version: "its version must be a number from 1 to 999999999, without leading zeros",
  closing: "its closing mark is missing, or something else stands before it",
  nested: "its default holds another reference, or its closing mark is missing",
  trailing: "nothing may follow its name",
  unquoted:
    "bare, it means something else to the format: put it in quotes (YAML: or write <<Secrets.Name>> or $SECRET/Name, which need none)",
  manager: "it must be $secret://manager/id/key, in 1024 characters, without empty, . or .. parts",
} as const;

export type Fault = keyof typeof FAULTS;

const NO_PARTS = { member: undefined, version: undefined, fallback: undefined };

/** A reference, with its `nameKey` filled in. */
export function reference(
  kind: Reference["kind"],
  syntax: Reference["syntax"],
  name: string,
  raw: string,
  canonical: string,
  parts: Pick<Reference, "member" | "version" | "fallback"> = NO_PARTS,
): Reference {
  const { member, version, fallback } = parts;
  const nameKey = kind === "secret" ? nameKeyOf(name) : name;
  return { kind, syntax, name, nameKey, member, version, fallback, raw, canonical };
}

/** A malformed reference of which `start` could be read, in canonical spelling. */
export function malformed(fault: Fault, raw: string, start: string): Malformed {
  return { kind: "malformed", fault, raw, canonical: `${start}…` };
}
