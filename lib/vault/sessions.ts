import type { Origin, UserCaller } from "../access/caller";
import { describeError } from "../log";
import type { Log } from "../log";
import { SESSION_MAX_AGE_SECONDS } from "../session-age";
import type { Role } from "../shapes";
import type { Door } from "./door";
import { hashJti } from "./people";
import { tampered } from "./rows";
import type { SessionClaims } from "./vault";

const IDLE_LIMIT_MS = 12 * 60 * 60 * 1000;
const SEEN_EVERY_MS = 60_000;

const ROLES: ReadonlySet<string> = new Set<Role>(["admin", "editor", "viewer", "auditor"]);

/** A person as a caller. */
export function sessionUser(
  user: { id: string; email: string; name: string; role: string },
  origin: Origin,
): UserCaller {
  const { id, email, name, role } = user;
  return { kind: "user", id, email, name, role: role as Role, origin };
}

/**
 * The person behind a session's claims, or null once it has ended. Age, idleness, role and epoch are
 * decided from the database at every request, so that disabling a person binds the next one.
 */
export async function callerOfSession(
  door: Door,
  log: Log,
  claims: SessionClaims,
  origin: Origin,
): Promise<UserCaller | null> {
  const jtiHash = hashJti(claims.jti);
  const session = await door.lookUp(() =>
    door.store.db.session.findUnique({ where: { jtiHash }, include: { user: true } }),
  );
  const now = door.now().getTime();
  if (session === null || !isLive(session, claims, now)) return null;
  if (!door.rows.isIntact("user", session.user)) {
    const { id, email } = session.user;
    const attempt = { action: "sessions.use", target: email };
    await door.noteRefusal({ kind: "nobody", origin }, attempt, tampered("user", id));
    return null;
  }
  if (now - session.lastSeenAt.getTime() > SEEN_EVERY_MS) {
    door.store
      .write((tx) => tx.session.update({ where: { jtiHash }, data: { lastSeenAt: new Date(now) } }))
      .catch((error: unknown) => {
        log.warn(describeError(error), "a session's last use could not be written");
      });
  }
  return sessionUser(session.user, origin);
}

interface SessionRow {
  userId: string;
  createdAt: Date;
  lastSeenAt: Date;
  endedAt: Date | null;
  user: { disabledAt: Date | null; role: string; epoch: number };
}

function isLive(session: SessionRow, claims: SessionClaims, now: number): boolean {
  const { user } = session;
  return (
    session.userId === claims.userId &&
    session.endedAt === null &&
    user.disabledAt === null &&
    ROLES.has(user.role) &&
    user.epoch === claims.epoch &&
    now - session.createdAt.getTime() <= SESSION_MAX_AGE_SECONDS * 1000 &&
    now - session.lastSeenAt.getTime() <= IDLE_LIMIT_MS
  );
}
