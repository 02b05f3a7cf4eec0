import { createHash } from "node:crypto";
import type { Origin, UserCaller } from "../access/caller";
import { CofferError } from "../errors";
import { describeError } from "../log";
import type { Log } from "../log";
import { SESSION_MAX_AGE_SECONDS } from "../session-age";
import type { Role, SessionInfo } from "../shapes";
import type { Db } from "../store/store";
import type { Door } from "./door";
import { requiresTwoStep } from "./policy";
import { tampered } from "./rows";
import type { SessionClaims } from "./vault";

/** A session that nobody uses for so long has ended. */
export const IDLE_LIMIT_MS = 12 * 60 * 60 * 1000;
const SEEN_EVERY_MS = 60_000;
/** How long it holds that somebody has shown that it is them. */
const CONFIRMED_FOR_MS = 5 * 60 * 1000;

const ROLES: ReadonlySet<string> = new Set<Role>(["admin", "editor", "viewer", "auditor"]);

/** How a session is known to the database: by a hash, so that its rows open no session. */
export function hashJti(jti: string): string {
  return createHash("sha256").update(jti).digest("hex");
}

interface CallingSession {
  jtiHash: string;
  method: string;
  confirmedAt: Date | null;
  user: { id: string; email: string; name: string; role: string; totp: string | null };
}

/** The person of a session as a caller. Who signed in by a provider has its second factor, not Coffer's. */
export function sessionUser(
  { jtiHash, method, confirmedAt, user }: CallingSession,
  origin: Origin,
  { now, requireTwoStep }: { now: Date; requireTwoStep: boolean },
): UserCaller {
  const { id, email, name, role, totp } = user;
  const age = confirmedAt === null ? Infinity : now.getTime() - confirmedAt.getTime();
  return {
    ...{ kind: "user", id, email, name },
    role: role as Role,
    sessionId: sessionIdOf(jtiHash),
    isConfirmed: age < CONFIRMED_FOR_MS,
    owesTwoStep: requireTwoStep && totp === null && method === "password",
    origin,
  };
}

/** How a session is called outside: enough of its hash to name it, and too little to find it by. */
function sessionIdOf(jtiHash: string): string {
  return jtiHash.slice(0, 16);
}

interface ListedRow {
  jtiHash: string;
  createdAt: Date;
  lastSeenAt: Date;
  address: string;
  userAgent: string;
}

/** A person's sessions that have not ended, the one seen last first. */
export function liveSessions(db: Db, userId: string, now: Date): Promise<ListedRow[]> {
  const since = (ms: number) => ({ gte: new Date(now.getTime() - ms) });
  return db.session.findMany({
    where: {
      ...{ userId, endedAt: null },
      createdAt: since(SESSION_MAX_AGE_SECONDS * 1000),
      lastSeenAt: since(IDLE_LIMIT_MS),
    },
    orderBy: [{ lastSeenAt: "desc" }, { createdAt: "desc" }],
  });
}

/** A session as Coffer tells of it to its person, who asks from the session `currentId`. */
export function sessionInfo(row: ListedRow, currentId: string): SessionInfo {
  const id = sessionIdOf(row.jtiHash);
  return {
    ...{ id, current: id === currentId },
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    ...{ address: row.address, userAgent: row.userAgent },
  };
}

/** The live session that the caller asks from. @throws CofferError `unauthenticated` once it has ended */
export async function sessionOf(db: Db, caller: UserCaller, now: Date): Promise<ListedRow> {
  const rows = await liveSessions(db, caller.id, now);
  const row = rows.find(({ jtiHash }) => sessionIdOf(jtiHash) === caller.sessionId);
  if (row) return row;
  throw new CofferError("unauthenticated", "Your session has ended. Sign in again.");
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
  const at = door.now();
  const now = at.getTime();
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
  const requireTwoStep = await door.lookUp(() => requiresTwoStep(door, door.store.db));
  return sessionUser(session, origin, { now: at, requireTwoStep });
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
