import { servePostgres } from "../support/postgres";

/** One server for a whole run of the end-to-end tests on PostgreSQL. */
export default async function setUpPostgres(): Promise<() => Promise<void>> {
  const server = await servePostgres();
  return () => server.stop();
}
