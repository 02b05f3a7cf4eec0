import type { Caller, Origin, ServiceCaller } from "../access/caller";
import { compileRules, readRules } from "../access/rules";
import { CofferError } from "../errors";
import type { Document } from "../reference/document";
import type { Reference } from "../reference/segments";
import type { CheckedReference, CheckReport } from "../shapes";
import type { Decision } from "./decide";
import { demand, recordableId, type Attempt, type Door, type Outcome } from "./door";
import { environmentFor } from "./environments";
import { describeFailure, describeMistake, failureList, unresolved } from "./failures";
import { decideAll, namedVersions, type Decisions } from "./references";
import { documentOf, once } from "./render";
import { configOf } from "./resolve";
import { requireLimits, type ResolverOptions } from "./resolver";
import { findService, serviceCaller } from "./service-row";
import type { CheckRequest, Resolver } from "./vault";

/** Says what would resolve, and opens nothing: a service for itself, people for a service that they choose. */
export function checkFunctions(
  door: Door,
  options: ResolverOptions,
): Pick<Resolver, "check" | "checkable"> {
  /** `attempt` is told which service it is about once that is known, so that a refusal is on record with it. */
  async function check(
    caller: Caller,
    request: CheckRequest,
    attempt: Attempt,
    read: () => Promise<Document>,
  ): Promise<Outcome<CheckReport>> {
    demand(caller, "secrets.check");
    const service = await chosenService(door, caller, request.service);
    attempt.environment = service.environment.slug;
    attempt.target = service.name;
    requireLimits(service, request);
    const document = await read();
    const decisions = await decideAll(door, options, service, document.uses, {
      action: caller.kind === "service" ? "secrets.check" : "secrets.resolve",
      onMissing: request.onMissing,
      only: request.only,
    });
    const failures = failureList(document, decisions);
    const warnings = warningsOf(document);
    if (request.fail !== "never" && failures.length > 0) throw unresolved(failures);
    if (request.fail === "warnings" && warnings.length > 0) throw warned(warnings);
    const answer: CheckReport = {
      ok: failures.length === 0,
      references: describeAll(document, decisions),
      warnings,
    };
    const names = namedVersions(decisions);
    const code = answer.ok ? {} : { code: "unresolved" };
    return { answer, names, ...code };
  }

  return {
    check(caller, request) {
      const own = caller.kind === "service" ? caller : null;
      const attempt: Attempt = {
        action: "secrets.check",
        environment: own?.environment.slug,
        target: own?.name ?? recordableId(request.service ?? ""),
      };
      const { sent } = request;
      const read = once(async () =>
        "body" in sent ? configOf(sent) : documentOf(options.documents, sent),
      );
      return options.callers.asking(caller, (asks) =>
        door.read(asks, attempt, () => check(asks, request, attempt, read)),
      );
    },

    checkable: (caller, slug) =>
      door.read(caller, { action: "secrets.check", environment: slug }, async () => {
        demand(caller, "secrets.check");
        const { db } = door.store;
        const environment = await environmentFor(door, db, caller, slug);
        const rows = await db.service.findMany({
          where: {
            environmentId: environment.id,
            disabledAt: null,
            ...(caller.kind === "service" && { id: caller.id }),
          },
          select: { id: true, name: true },
          orderBy: { nameKey: "asc" },
        });
        return { answer: rows, environment: environment.slug };
      }),
  };
}

/** Whose rules count: a service's own, or those of the service that somebody has chosen. */
async function chosenService(
  door: Door,
  caller: Caller,
  id: string | undefined,
): Promise<ServiceCaller> {
  if (caller.kind === "service") {
    if (id === undefined || id === caller.id) return caller;
    throw new CofferError("forbidden", "A service checks for itself only.");
  }
  if (id === undefined) {
    throw new CofferError(
      "invalid_request",
      "Choose whose rules count: send `?service=` with a service's id.",
    );
  }
  return asService(door, id, caller.origin);
}

async function asService(door: Door, id: string, origin: Origin): Promise<ServiceCaller> {
  const row = door.rows.checked("service", await findService(door.store.db, id));
  if (row.disabledAt !== null) {
    throw new CofferError(
      "forbidden",
      "This service is disabled: it resolves nothing. Enable it, or choose another.",
    );
  }
  door.rows.checked("environment", row.environment);
  return serviceCaller(row, compileRules(readRules(row.rules)), { tokenId: "", origin });
}

function warningsOf(document: Document): CheckReport["warnings"] {
  return document.warnings().map(({ text, message, path }) => ({ text, message, path }));
}

function warned(warnings: CheckReport["warnings"]): CofferError {
  const count = warnings.length === 1 ? "a warning" : `${String(warnings.length)} warnings`;
  return new CofferError("unresolved", `Every reference is right, but there is ${count}.`, {
    details: { warnings },
  });
}

/** Every reference in the order of the text, then what is malformed. */
function describeAll({ uses, mistakes }: Document, decisions: Decisions): CheckedReference[] {
  const references = uses.map(({ reference, paths }): CheckedReference => {
    return { ...describeUse(reference, decisions.get(reference)), paths };
  });
  const rest = mistakes.map(describeMistake).map(({ reason, ...m }) => ({ ...m, status: reason }));
  return [...references, ...rest];
}

/** What a reference comes to. */
export function describeUse(
  reference: Reference,
  decision: Decision | undefined,
): Omit<CheckedReference, "paths"> {
  if (decision?.kind === "failure") {
    const { reason, ...failure } = describeFailure(reference, decision.reason);
    return { ...failure, status: reason };
  }
  const name = reference.kind === "manager" ? null : reference.name;
  const message = decision?.kind === "text" ? textMessage(decision.text, reference) : null;
  return { reference: reference.canonical, name, status: "ok", message };
}

/** What stands there though nothing of that name exists. */
function textMessage(
  text: string,
  { fallback, raw }: { fallback: string | undefined; raw: string },
): string {
  const what =
    fallback !== undefined ? "its default is used" : text === raw ? "it is kept" : "nothing is put";
  return `Nothing of that name exists, so ${what}.`;
}
