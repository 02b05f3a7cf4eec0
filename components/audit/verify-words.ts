import type { AuditFinding, AuditVerification } from "../../lib/shapes";
import { count, many } from "../ui/amount";
import { auditUrl } from "./audit-url";

export interface VerifyWords {
  is: "plain" | "working" | "good" | "soon" | "bad";
  title: string;
  /** What is right after the title, without a time. */
  also: string;
}

/** What a verification has found, in a sentence. */
export function verifyWords(verification: AuditVerification | null): VerifyWords {
  if (verification === null) {
    const also = "Verifying shows whether anybody changed the record past Coffer.";
    return { is: "plain", title: "Not verified since Coffer was started.", also };
  }
  const { state, total, checked, unchained, beforeReset, resetAt, findings, checkpoint } =
    verification;
  const { chainedSince } = verification;
  if (state === "running") {
    const far = total === 0 ? "" : ` ${count(checked)} of ${many(total, "event")}`;
    return { is: "working", title: `Verifying${far}`, also: "" };
  }
  if (state === "failed") {
    const also = "Verify again. If it ends again, Coffer's log says why.";
    return { is: "soon", title: `Ended at event ${count(checked)} of ${count(total)}`, also };
  }
  if (findings > 0) {
    return { is: "bad", title: `Not as Coffer wrote it in ${many(findings, "place")}`, also: "" };
  }
  const held = checkpoint === null ? "" : " and nothing that the checkpoint knows is cut off";
  const old =
    chainedSince === null
      ? ""
      : ` ${count(unchained)} are from before the chain and held as a whole since ${chainedSince.slice(0, 10)}. If Coffer was not upgraded then, somebody took the chain away before: use a checkpoint.`;
  const lost =
    resetAt === null
      ? ""
      : ` ${count(beforeReset)} are from before the keys were reset on ${resetAt.slice(0, 10)}: their MACs can't be checked any more; unchanged since the reset.`;
  const also = `Nothing was changed, moved or added${held}.${old}${lost}`;
  return { is: "good", title: `Verified to event ${count(checked)}`, also };
}

const KINDS: Record<AuditFinding["kind"], string> = {
  changed: "Changed",
  moved: "Moved",
  missing: "Missing",
  cut: "Cut off",
  added: "Added",
};

/** What was done there, before the event's number. */
export function kindWords({ kind, seq }: AuditFinding): string {
  return `${KINDS[kind]}: event ${Number.isInteger(seq) ? count(seq) : String(seq)}`;
}

export interface WayToEvent {
  href: string;
  label: string;
}

/** The way to where it was found in the record; null where nothing is left to show, or no time says where. */
export function wayTo({ kind, at }: AuditFinding): WayToEvent | null {
  const ms = Date.parse(at ?? "");
  if (Number.isNaN(ms)) return null;
  const [from, to] = [new Date(ms).toISOString(), new Date(ms + 1).toISOString()];
  const label = kind === "missing" ? "Show what comes after it" : "Show the event";
  return { href: auditUrl({ from, to }), label };
}
