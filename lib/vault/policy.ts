import type { Db } from "../store/store";
import { demand, type Door } from "./door";
import type { Policy } from "./vault";

const ID = 1;

/** What admins decide for everybody. */
export function policyFunctions(door: Door): Policy {
  return {
    get: (caller) =>
      door.read(caller, { action: "policy.read" }, async () => {
        demand(caller, "policy.read");
        return { answer: { requireTwoStep: await requiresTwoStep(door, door.store.db) } };
      }),

    update: (caller, { requireTwoStep }) =>
      door.change(caller, { action: "policy.update" }, async (tx) => {
        demand(caller, "policy.update");
        const row = door.rows.sealed("policy", { id: ID, requireTwoStep });
        await tx.policy.upsert({ where: { id: ID }, create: row, update: row });
        const code = requireTwoStep ? "two_step_required" : "two_step_optional";
        return { answer: { requireTwoStep }, code };
      }),
  };
}

/**
 * Whether everybody who signs in by password needs a second factor. A row that was tampered with means that
 * they do, until an admin decides anew.
 */
export async function requiresTwoStep({ rows }: Door, db: Db): Promise<boolean> {
  const row = await db.policy.findUnique({ where: { id: ID } });
  return row !== null && (row.requireTwoStep || !rows.isIntact("policy", row));
}
