import { isOfServer } from "../database-url";

/** The kinds of databases that Coffer works on. */
export type Provider = "sqlite" | "postgresql";

/** What kind of database an address leads to. */
export function providerOf(databaseUrl: string): Provider {
  return isOfServer(databaseUrl) ? "postgresql" : "sqlite";
}
