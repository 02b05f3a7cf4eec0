/** The kinds of databases that Coffer works on. */
export type Provider = "sqlite" | "postgresql";

/** What kind of database an address leads to. */
export function providerOf(databaseUrl: string): Provider {
  return /^postgres(ql)?:/.test(databaseUrl) ? "postgresql" : "sqlite";
}
