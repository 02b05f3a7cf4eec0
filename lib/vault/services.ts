import { randomUUID } from "node:crypto";
import type { Caller } from "../access/caller";
import type { Action } from "../access/may";
import { actorName } from "../audit/event";
import { CofferError } from "../errors";
import { nameKeyOf } from "../name";
import { isUniqueViolation, type Db } from "../store/store";
import { demand, recordableId, type Door } from "./door";
import { environmentFor, type EnvironmentRow } from "./environments";
import {
  demandsOf,
  findService,
  SERVICE_WITH_TOKENS,
  findServices,
  serviceInfo,
  storedDemands,
} from "./service-row";
import { heldFunctions } from "./held-services";
import { noteName } from "./service-names";
import { tokenFunctions } from "./tokens";
import type { UseCounter } from "./uses";
import type { ServiceChanges, Services } from "./vault";

/** Services: machine identities, what they may do, and their tokens. */
export function serviceFunctions(door: Door, uses: UseCounter): Services {
  const { db } = door.store;

  /** The environment of a new service or a list, once the caller may do `action` there. */
  async function allowedIn(
    on: Db,
    caller: Caller,
    action: Action,
    slug: string | undefined,
  ): Promise<EnvironmentRow> {
    demand(caller, action);
    return environmentFor(door, on, caller, slug);
  }

  return {
    ...tokenFunctions(door),
    ...heldFunctions(door),

    list: (caller, slug) =>
      door.read(caller, { action: "services.list", environment: slug }, async () => {
        const environment = await allowedIn(db, caller, "services.list", slug);
        await uses.flush();
        const rows = await findServices(db, { environmentId: environment.id });
        const answer = rows.map((row) => serviceInfo(row, door.now()));
        return { answer, environment: environment.slug };
      }),

    get: (caller, id) =>
      door.read(caller, { action: "services.list", target: recordableId(id) }, async () => {
        demand(caller, "services.list");
        await uses.flush();
        const answer = serviceInfo(await findService(db, id), door.now());
        return { answer, environment: answer.environment, target: answer.name };
      }),

    create: (caller, service) =>
      door.change(
        caller,
        { action: "services.create", environment: service.environment, target: service.name },
        async (tx) => {
          const environment = await allowedIn(tx, caller, "services.create", service.environment);
          const row = await tx.service
            .create({
              data: door.rows.sealed("service", {
                id: randomUUID(),
                environmentId: environment.id,
                name: service.name,
                nameKey: nameKeyOf(service.name),
                description: service.description ?? "",
                rules: JSON.stringify(service.rules),
                allowedCidrs: JSON.stringify(service.allowedCidrs ?? []),
                demands: storedDemands(service.demands ?? []),
                createdAt: door.now(),
                createdBy: actorName(caller),
                disabledAt: null,
                held: null,
              }),
              include: SERVICE_WITH_TOKENS,
            })
            .catch((error: unknown) => {
              throw isUniqueViolation(error) ? nameTaken(service.name) : error;
            });
          await noteName(tx, row.id, row.name);
          return { answer: serviceInfo(row, door.now()), environment: environment.slug };
        },
      ),

    update: (caller, id, changes) =>
      door.change(caller, { action: "services.update", target: recordableId(id) }, async (tx) => {
        demand(caller, "services.update");
        const old = door.rows.checked("service", await findService(tx, id));
        if (grants(changes, old)) demand(caller, "services.grant");
        const row = await tx.service
          .update({
            where: { id },
            data: door.rows.changed(
              "service",
              old,
              changedColumns(changes, old.disabledAt, door.now()),
            ),
            include: SERVICE_WITH_TOKENS,
          })
          .catch((error: unknown) => {
            throw isUniqueViolation(error) ? nameTaken(changes.name ?? "") : error;
          });
        if (row.name !== old.name) await noteName(tx, id, row.name);
        const answer = serviceInfo(row, door.now());
        return { answer, environment: answer.environment, target: answer.name };
      }),

    remove: (caller, id) =>
      door.change(caller, { action: "services.delete", target: recordableId(id) }, async (tx) => {
        demand(caller, "services.delete");
        const row = await findService(tx, id);
        await noteName(tx, id, row.name);
        await tx.service.delete({ where: { id } });
        return { answer: undefined, environment: row.environment.slug, target: row.name };
      }),
  };
}

/** Whether the changes give the service anything: other rules, other addresses, fewer demands, or life. */
function grants(
  { rules, allowedCidrs, demands, disabled }: ServiceChanges,
  old: { rules: string; allowedCidrs: string; demands: string | null; disabledAt: Date | null },
): boolean {
  return (
    (demands !== undefined && demandsOf(old).some((demand) => !demands.includes(demand))) ||
    (rules !== undefined && JSON.stringify(rules) !== old.rules) ||
    (allowedCidrs !== undefined && JSON.stringify(allowedCidrs) !== old.allowedCidrs) ||
    (disabled === false && old.disabledAt !== null)
  );
}

function changedColumns(changes: ServiceChanges, disabledAt: Date | null, now: Date) {
  const { name, description, rules, allowedCidrs, demands, disabled } = changes;
  return {
    ...(name !== undefined && { name, nameKey: nameKeyOf(name) }),
    ...(description !== undefined && { description }),
    ...(rules !== undefined && { rules: JSON.stringify(rules) }),
    ...(allowedCidrs !== undefined && { allowedCidrs: JSON.stringify(allowedCidrs) }),
    ...(demands !== undefined && { demands: storedDemands(demands) }),
    // Either is a decision about one that is held.
    ...(disabled !== undefined && {
      disabledAt: disabled ? (disabledAt ?? now) : null,
      held: null,
    }),
  };
}

function nameTaken(name: string): CofferError {
  return new CofferError(
    "already_exists",
    `A service named ${name} exists already in this environment. Choose another name.`,
  );
}
