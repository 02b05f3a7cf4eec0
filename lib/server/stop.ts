import type { Server } from "node:http";

/** How long requests in flight may take to finish once a stop is asked for. */
export const STOP_DEADLINE_MS = 10_000;

/**
 * Stops listening, lets what is in flight finish, and cuts off after the deadline what has not: a stuck
 * upload would otherwise keep the process for ever. Returns whether everything finished.
 */
export async function drain(server: Server): Promise<boolean> {
  const closed = new Promise<true>((resolve) => {
    server.close(() => {
      resolve(true);
    });
  });
  // A connection that is kept alive becomes idle only once its present answer has gone out.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, 50);
  let deadline: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    deadline = setTimeout(() => {
      resolve(false);
    }, STOP_DEADLINE_MS);
  });
  try {
    return await Promise.race([closed, late]);
  } finally {
    clearInterval(sweep);
    clearTimeout(deadline);
    server.closeAllConnections();
  }
}
