/** How long something is tried again while another process has the file locked, and with which pause. */
interface Patience {
  patienceMs: number;
  pauseMs: number;
}

const OF_TRANSACTIONS: Patience = { patienceMs: 5_000, pauseMs: 25 };
/** Of opening: another process may be making or migrating the whole database. */
export const OF_OPENING: Patience = { patienceMs: 30_000, pauseMs: 100 };

/** Repeats what found the SQLite file locked by another process. */
export async function retryBusy<T>(
  attempt: () => T | Promise<T>,
  { patienceMs, pauseMs } = OF_TRANSACTIONS,
): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

/**
 * Whether `error` says that another process has the file locked, in the words of any layer that may say so: Prisma reports it as a
 * time-out of the operation, in raw statements and commits the driver does.
 */
export function isBusy(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && error.code === "P1008") return true;
  return /SQLITE_BUSY|database is locked|SocketTimeout/.test(wordsOf(error));
}

/** What an error says, with what the driver below said, which Prisma keeps as the cause. */
export function wordsOf(error: Error): string {
  return error.cause === undefined
    ? error.message
    : `${error.message} ${JSON.stringify(error.cause)}`;
}
