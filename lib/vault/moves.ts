import { CofferError } from "../errors";
import { demand, type Door } from "./door";
import { liveInstances } from "./instances";
import { checkRows } from "./integrity";
import type { Moves } from "./vault";

const ACTION = "vault.move";

/** What a vault says of being moved, in the database that it leaves and in the one where it arrives. */
export function moveFunctions(door: Door): Moves {
  const { journal } = door;
  return {
    leave: (caller, to) =>
      door.read(caller, { action: ACTION, target: `to ${to}` }, async () => {
        demand(caller, ACTION);
        const live = await liveInstances(door.store.db, door.now);
        // A command that was killed is none of them: what it wrote meanwhile is found by where its journal ends.
        requireNobody(live.filter(({ kind }) => kind === "server").length);
        return { answer: journal.id, code: "started" };
      }),

    left: async (caller, to, how) => {
      demand(caller, ACTION);
      const outcome = how === "finished" ? "ok" : "failed";
      await journal.record({ caller, action: ACTION, target: `to ${to}`, outcome, code: how });
    },

    arrive: (caller, from) =>
      door.read(caller, { action: ACTION, target: `from ${from}` }, async () => {
        demand(caller, ACTION);
        const report = await checkRows(door);
        const code = report.tampered > 0 ? "tampered" : undefined;
        return { answer: { journal: journal.id, report }, ...(code && { code }) };
      }),
  };
}

/** @throws CofferError `unavailable` */
function requireNobody(live: number): void {
  if (live === 0) return;
  throw new CofferError(
    "unavailable",
    `${live === 1 ? "A server works" : `${String(live)} servers work`} on this vault. Stop Coffer, so that nothing is written here that is not taken along; one that was killed counts for 45 seconds. Nothing was changed.`,
  );
}
