import { compilePatterns } from "../../lib/access/rules";
import { isName, nameKeyOf } from "../../lib/name";
import { listUrl, newSecretUrl, secretUrl } from "../secrets/list-url";
import type { Finding } from "./findings";

/** What a report was made for, and what its reader may do about it. */
export interface Terms {
  environment: string;
  service: { id: string; name: string };
  /** The patterns that were sent with the check. */
  only: readonly string[];
  canCreate: boolean;
  /** Whether the reader may change what services may do. */
  canGrant: boolean;
}

export interface Advice {
  /** The next step, as a sentence. */
  text: string;
  link?: { label: string; href: string };
}

/** What to do about a finding; nothing where its message says it all. */
export function adviceOf(finding: Finding, terms: Terms): Advice | null {
  const { status, text, name } = finding;
  if (name === null || finding.tone === "warned") return null;
  const isVariable = text.startsWith("$ENV");
  if (status === "denied") return ofDenied(text, name, isVariable, terms);
  if (isVariable) return status === "missing" ? OF_VARIABLE : null;
  switch (status) {
    case "missing":
      return ofMissing(name, terms);
    case "trashed":
    case "expired":
    case "destroyed":
    case "no_such_version":
    case "unreadable":
      return {
        text: "",
        link: { label: `Open ${name}`, href: secretUrl(terms.environment, name) },
      };
    default:
      return null;
  }
}

const OF_VARIABLE: Advice = {
  text: "Set it where the server starts, and start it again.",
};

function ofMissing(name: string, { environment, canCreate }: Terms): Advice {
  if (!isName(name)) return { text: "" };
  return canCreate
    ? { text: "", link: { label: `Create ${name}`, href: newSecretUrl(environment, name) } }
    : {
        text: `An admin can create ${name} there.`,
        link: { label: "See the secrets", href: listUrl(environment, {}) },
      };
}

function ofDenied(reference: string, name: string, isVariable: boolean, terms: Terms): Advice {
  const { service, only, environment, canGrant } = terms;
  if (!isVariable && only.length > 0 && !compilePatterns(only)(nameKeyOf(name))) {
    return { text: `Your own limit leaves it out: add ${name} to “Only these names”.` };
  }
  const what = isVariable
    ? `${name} among its server variables (and COFFER_ENV_ALLOW must name it too)`
    : /@\d+[}>]/.test(reference)
      ? `${name} and “Also by version”`
      : name;
  const rule = `a rule with Resolve and ${what}`;
  return canGrant
    ? {
        text: `Give ${service.name} ${rule}.`,
        link: {
          label: `Open ${service.name}`,
          href: `/e/${environment}/services/${encodeURIComponent(service.id)}`,
        },
      }
    : { text: `Ask an admin to give ${service.name} ${rule}.` };
}
