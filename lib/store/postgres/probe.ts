import { CONNECT_MS, openPool } from "./pool";
import { queryOn } from "./query";
import { requireUsable } from "./usable";

/** Connects anew and asks whether the server can be used. @throws Error where that is not so, or takes too long */
export async function probe(databaseUrl: string): Promise<void> {
  const pool = openPool(databaseUrl, { max: 1, query_timeout: CONNECT_MS });
  try {
    const client = await pool.connect();
    let failed = true;
    try {
      await requireUsable(queryOn(client, false));
      failed = false;
    } finally {
      client.release(failed);
    }
  } finally {
    void pool.end(); // who waits for the answer does not wait for the goodbye
  }
}
