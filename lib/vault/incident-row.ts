import { createHash } from "node:crypto";
import type { Caller } from "../access/caller";
import { may, mustConfirm } from "../access/may";
import { CofferError } from "../errors";
import { nameKeyOf } from "../name";
import type { IncidentInfo } from "../shapes";
import type { Db } from "../store/store";
import { demand, recordableId, type Attempt } from "./door";
import type { EnvironmentRow } from "./environments";

/** An incident as the store keeps it. */
export interface IncidentRow {
  id: string;
  environmentId: string;
  environment: string;
  name: string;
  nameKey: string;
  since: Date;
  openedAt: Date;
  openedBy: string;
  closedAt: Date | null;
  closedBy: string | null;
}

/** @throws CofferError `not_found` */
export async function findIncident(db: Db, id: string): Promise<IncidentRow> {
  const row = await db.incident.findUnique({ where: { id: recordableId(id) ?? "" } });
  if (row) return row;
  throw new CofferError("not_found", "There is no such incident.");
}

/** One that things may still be done under. @throws CofferError `not_found`, `incident_closed` */
export async function requireOpen(db: Db, id: string): Promise<IncidentRow> {
  const row = await findIncident(db, id);
  if (row.closedAt === null) return row;
  throw new CofferError(
    "incident_closed",
    `${row.closedBy ?? "Somebody"} closed this incident. Nothing was done. Open another one to go on.`,
  );
}

/** An attempt, under an incident if there is one. Of who may not handle incidents it is kept out of the story. */
export function attemptUnder(caller: Caller, action: string, id: string | undefined): Attempt {
  const mayHandle = may(caller, "incidents.handle") && !mustConfirm(caller, "incidents.handle");
  return { action, incident: mayHandle ? recordableId(id ?? "") : undefined };
}

/**
 * Lets a change to a secret be a step of an incident: an open one, of that secret, by who may handle it.
 * @throws CofferError `forbidden`, `confirmation_required`, `not_found`, `incident_closed`
 */
export async function requireStep(
  tx: Db,
  caller: Caller,
  environment: EnvironmentRow,
  secret: { name: string },
  id: string,
): Promise<void> {
  demand(caller, "incidents.handle");
  const { environmentId, nameKey } = await requireOpen(tx, id);
  if (environmentId === environment.id && nameKey === nameKeyOf(secret.name)) return;
  throw new CofferError("not_found", "This secret has no such incident.");
}

/** A row as Coffer tells of it. */
export function incidentInfo(row: IncidentRow): IncidentInfo {
  const { id, environment, name: secret, openedBy, closedBy } = row;
  return {
    ...{ id, environment, secret, openedBy, closedBy },
    since: row.since.toISOString(),
    openedAt: row.openedAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
  };
}

const MAX_ENTRY_LENGTH = 4_000;
/** A service token, also one that was cut short. The 8 characters by which one is recognised are none. */
const TOKEN = /cfr_[0-9A-Za-z]{8}/;

/**
 * A text to be kept with an incident for good.
 * @throws CofferError `invalid_request` for one that is empty, too long or has a token in it
 */
export function entryText(text: string): string {
  const entry = text.trim();
  if (entry === "") throw badText("is empty");
  if (entry.length > MAX_ENTRY_LENGTH) {
    throw badText(`has more than ${String(MAX_ENTRY_LENGTH)} characters`);
  }
  if (!TOKEN.test(entry)) return entry;
  throw badText("has a token in it. It would stay here for good: name its first 8 characters only");
}

function badText(what: string): CofferError {
  return new CofferError("invalid_request", `The text ${what}.`, {
    details: { errors: [{ pointer: "/text", message: what }] },
  });
}

/** Adds an entry, and returns what its event says of it, so that the record vouches for a text it does not hold. */
export async function addEntry(tx: Db, incidentId: string, text: string): Promise<string> {
  const number = (await tx.incidentEntry.count({ where: { incidentId } })) + 1;
  await tx.incidentEntry.create({ data: { incidentId, number, text } });
  return markOf(text);
}

/** What the record has in place of an entry's text: its SHA-256. */
export function markOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
