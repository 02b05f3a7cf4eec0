import { randomUUID } from "node:crypto";
import { actorName } from "../audit/event";
import { CofferError } from "../errors";
import { nameKeyOf } from "../name";
import type { IncidentInfo, Page } from "../shapes";
import type { Db } from "../store/store";
import { demand, recordable, recordableId, type Door } from "./door";
import { environmentFor, type EnvironmentRow } from "./environments";
import {
  addEntry,
  attemptUnder,
  entryText,
  findIncident,
  incidentInfo,
  requireOpen,
  type IncidentRow,
} from "./incident-row";
import { stepFunctions } from "./incident-steps";
import { storyOf } from "./incident-story";
import { knownSecret, pastTime, readerFunctions } from "./readers";
import type { UseCounter } from "./uses";
import type { IncidentQuery, Incidents } from "./vault";

const DEFAULT_LIMIT = 100;

/** Everything for the day when a value has leaked. */
export function incidentFunctions(door: Door, uses: UseCounter): Incidents {
  const { db } = door.store;
  return {
    ...readerFunctions(door, uses),
    ...stepFunctions(door),

    list: (caller, query) =>
      door.read(caller, { action: "incidents.list", environment: query.environment }, async () => {
        demand(caller, "incidents.read");
        const environment = await environmentFor(door, db, caller, query.environment);
        const answer = await listPage(db, environment, query);
        const target = recordable(query.secret ?? "");
        return { answer, environment: environment.slug, ...(target && { target }) };
      }),

    get: (caller, id) =>
      door.read(caller, { action: "incidents.read", target: recordableId(id) }, async () => {
        demand(caller, "incidents.read");
        const incident = await findIncident(db, id);
        const answer = await storyOf(db, incident);
        return { answer, environment: incident.environment, target: incident.name };
      }),

    open: (caller, place, since, text) => {
      const { environment: slug, name } = place;
      const attempt = { action: "incidents.open", environment: slug, target: recordable(name) };
      return door.change(caller, attempt, async (tx) => {
        demand(caller, "incidents.handle");
        const environment = await environmentFor(door, tx, caller, slug);
        const { name, nameKey } = await knownSecret(tx, environment, place.name);
        const from = pastTime(since, door.now());
        const entry = text === undefined ? undefined : entryText(text);
        const environmentId = environment.id;
        requireNone(
          await tx.incident.findFirst({ where: { environmentId, nameKey, closedAt: null } }),
        );
        const row = await tx.incident.create({
          data: {
            ...{ id: randomUUID(), environmentId, environment: environment.slug, name, nameKey },
            ...{ since: from, openedAt: door.now(), openedBy: actorName(caller) },
          },
        });
        const code = entry === undefined ? "" : await addEntry(tx, row.id, entry);
        const { id: incident, environment: where } = row;
        return { answer: incidentInfo(row), environment: where, target: name, incident, code };
      });
    },

    write: (caller, id, text) =>
      door.change(caller, attemptUnder(caller, "incidents.write", id), async (tx) => {
        demand(caller, "incidents.handle");
        const { id: incident, environment, name: target } = await findIncident(tx, id);
        const code = await addEntry(tx, incident, entryText(text));
        return { answer: undefined, environment, target, code };
      }),

    close: (caller, id, text) =>
      door.change(caller, attemptUnder(caller, "incidents.close", id), async (tx) => {
        demand(caller, "incidents.handle");
        const { environment, name: target } = await requireOpen(tx, id);
        const code = text === undefined ? "" : await addEntry(tx, id, entryText(text));
        const data = { closedAt: door.now(), closedBy: actorName(caller) };
        const row = await tx.incident.update({ where: { id }, data });
        return { answer: incidentInfo(row), environment, target, code };
      }),
  };
}

/** Nobody is to handle the same leak beside somebody who does already. @throws CofferError `already_exists` */
function requireNone(open: IncidentRow | null): void {
  if (open === null) return;
  throw new CofferError(
    "already_exists",
    `${open.openedBy} has opened an incident for ${open.name} already. Go on in that one.`,
    { details: { incident: open.id } },
  );
}

/** Those opened last first. */
async function listPage(
  db: Db,
  environment: EnvironmentRow,
  { secret, state = "all", cursor, limit = DEFAULT_LIMIT }: IncidentQuery,
): Promise<Page<IncidentInfo>> {
  const before = cursor === undefined ? undefined : placeOf(cursor);
  const rows = await db.incident.findMany({
    where: {
      environmentId: environment.id,
      ...(secret !== undefined && { nameKey: nameKeyOf(secret) }),
      ...(state !== "all" && { closedAt: state === "open" ? null : { not: null } }),
      ...(before && {
        OR: [
          { openedAt: { lt: before.openedAt } },
          { openedAt: before.openedAt, id: { lt: before.id } },
        ],
      }),
    },
    orderBy: [{ openedAt: "desc" }, { id: "desc" }],
    take: limit + 1, // one more tells whether there is a next page
  });
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page[page.length - 1] : undefined;
  return { items: page.map(incidentInfo), nextCursor: last ? cursorOf(last) : null };
}

/** A cursor is the incident that the last page ended with. */
function cursorOf({ openedAt, id }: IncidentRow): string {
  return Buffer.from(`${openedAt.toISOString()} ${id}`).toString("base64url");
}

function placeOf(cursor: string): { openedAt: Date; id: string } {
  const [time = "", id = ""] = Buffer.from(cursor, "base64url").toString("latin1").split(" ");
  const openedAt = new Date(time);
  if (!Number.isNaN(openedAt.getTime()) && recordableId(id)) return { openedAt, id };
  throw new CofferError("invalid_request", "The cursor is not one that Coffer gave out.");
}
