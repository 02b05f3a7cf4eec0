import type { TestProject } from "vitest/node";
import { servePostgres } from "./postgres";

declare module "vitest" {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

/** One server for a whole run of the tests that are of PostgreSQL. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await servePostgres();
  project.provide("postgresUrl", server.url);
  return () => server.stop();
}
