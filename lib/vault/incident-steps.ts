import type { Caller } from "../access/caller";
import type { Action } from "../access/may";
import { CofferError } from "../errors";
import type { Db } from "../store/store";
import { demand, recordableId, type Door, type Outcome } from "./door";
import { attemptUnder, requireOpen } from "./incident-row";
import { findService, type ServiceRow } from "./service-row";
import { endToken } from "./tokens";
import type { Incidents } from "./vault";

/**
 * What is done to services under an incident: the ordinary changes, each a transaction of its own with its event,
 * which carries the incident's id.
 */
export function stepFunctions(door: Door): Pick<Incidents, "endTokens" | "disableService"> {
  async function step<T>(
    caller: Caller,
    action: Action,
    id: string,
    serviceId: string,
    work: (tx: Db, service: ServiceRow) => Promise<Outcome<T>>,
  ): Promise<T> {
    const attempt = { ...attemptUnder(caller, action, id), target: recordableId(serviceId) };
    return door.change(caller, attempt, async (tx) => {
      demand(caller, "incidents.handle");
      demand(caller, action);
      const { environment, environmentId } = await requireOpen(tx, id);
      const service = await findService(tx, serviceId);
      if (service.environmentId !== environmentId) throw elsewhere();
      return { environment, target: service.name, ...(await work(tx, service)) };
    });
  }

  return {
    endTokens: (caller, id, serviceId) =>
      step(caller, "tokens.revoke", id, serviceId, async (tx) => {
        const tokens = await tx.serviceToken.findMany({ where: { serviceId, revokedAt: null } });
        for (const token of tokens) await endToken(door, tx, caller, token);
        const ended = tokens.length;
        return { answer: { ended }, code: `ended ${String(ended)}` };
      }),

    disableService: (caller, id, serviceId) =>
      step(caller, "services.update", id, serviceId, async (tx, service) => {
        const row = door.rows.checked("service", service);
        const disabledAt = row.disabledAt ?? door.now();
        const data = door.rows.changed("service", row, { disabledAt });
        await tx.service.update({ where: { id: row.id }, data });
        return { answer: undefined, code: "disabled" };
      }),
  };
}

function elsewhere(): CofferError {
  return new CofferError("not_found", "There is no such service in the incident's environment.");
}
