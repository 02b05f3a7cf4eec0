import { isCofferError } from "../../errors";

/** What node's sockets and resolver say of a server that is not there. */
const UNREACHABLE =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
/** What the driver says in words only, of a connection that was lost or did not come about. */
const LOST =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Query read timeout|The database has stopped answering)/;
/** No connection became free in time: that is not of the way to the server. */
const NONE_FREE = "timeout exceeded when trying to connect";

/** Whether `error` is of PostgreSQL or of the way there, in the words of the driver or of Prisma's adapter. */
export function isPostgresError(error: unknown): boolean {
  return error instanceof Error && (isOfServer(error) || isLost(error));
}

/** The server's own errors have a severity beside the code. */
function isOfServer(error: Error): boolean {
  return "severity" in error && "code" in error;
}

/** Whether `error` says that there is no connection any more, or none came about. */
export function isLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && UNREACHABLE.test(String(error.code))) return true;
  return (
    LOST.test(error.message) ||
    /"kind":"(ConnectionClosed|DatabaseNotReachable)"/.test(textOf(error))
  );
}

/** A transaction that PostgreSQL has rolled back, and that may be done again: 40001 and 40P01. */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && ["40001", "40P01", "P2034"].includes(String(error.code))) return true;
  return /"originalCode":"(40001|40P01)"|TransactionWriteConflict|Code: `(40001|40P01)`/.test(
    `${error.message} ${textOf(error)}`,
  );
}

function textOf(error: Error): string {
  return error.cause === undefined ? "" : JSON.stringify(error.cause);
}

/** A server that starts or stops: 57P01 to 57P03. */
const STARTS_OR_STOPS = /^57P0[123]$/;

/** Whether there may be a server soon. A name that is not known, and a password that is wrong, are for people to put right. */
export function isComing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  return STARTS_OR_STOPS.test(code) || code === "53300" || (isLost(error) && code !== "ENOTFOUND");
}

/** A pooler that can't reach its server says so in this class. */
const OF_CONNECTIONS = "08";

/**
 * Whether `error`, of an attempt to connect, says that nobody can reach the server now. A name that is not known for a
 * moment says nothing of connections that there are.
 */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error) || error.message === NONE_FREE) return false;
  const code = codeOf(error);
  if (STARTS_OR_STOPS.test(code) || code.startsWith(OF_CONNECTIONS)) return true;
  return isLost(error) && !["ENOTFOUND", "EAI_AGAIN"].includes(code);
}

/** The same of a probe; or that the server is there and nobody can write to it, in the words of `requireUsable`. */
export function isGone(error: unknown): boolean {
  return isUnreachable(error) || (isCofferError(error) && error.code === "unavailable");
}

function codeOf(error: Error): string {
  return "code" in error ? String(error.code) : "";
}
