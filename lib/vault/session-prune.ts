import type { Caller } from "../access/caller";
import { demand, type Door } from "./door";
import { IDLE_LIMIT_MS } from "./sessions";

const DAY_MS = 24 * 60 * 60 * 1000;
/** So long after its end a session's row, with where it was from, is deleted. */
const KEPT_DAYS = 30;

/**
 * Deletes the rows of sessions that ended more than 30 days ago; whoever asks and however often, about once a day. A clock
 * that jumps ahead takes nothing from anybody but that they sign in again.
 */
export async function pruneSessions(door: Door, caller: Caller): Promise<number> {
  demand(caller, "sessions.prune");
  const now = door.now().getTime();
  // A session has ended by then in any case: nobody has used it for that long.
  const endedFor = (days: number) => ({
    lastSeenAt: { lt: new Date(now - days * DAY_MS - IDLE_LIMIT_MS) },
  });
  const due = { where: endedFor(KEPT_DAYS + 1), select: { jtiHash: true } };
  if (!(await door.store.db.session.findFirst(due))) return 0;
  return door.change(caller, { action: "sessions.prune" }, async (tx) => {
    const { count } = await tx.session.deleteMany({ where: endedFor(KEPT_DAYS) });
    return { answer: count, code: `${String(count)} deleted` };
  });
}
