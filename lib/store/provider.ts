/** The kinds of databases that Coffer works on. */
export type Provider = "sqlite" | "postgresql";

/** What kind of database an address leads to. */
export function providerOf(databaseUrl: string): Provider {
  return /^postgres(ql)?:/.test(databaseUrl) ? "postgresql" : "sqlite";
}

/** An address as it may be shown and logged: of a database on a server without password and parameters. */
export function shownUrl(databaseUrl: string): string {
  if (providerOf(databaseUrl) === "sqlite") return databaseUrl;
  if (!URL.canParse(databaseUrl)) return "postgresql://…";
  const { username, host, pathname } = new URL(databaseUrl);
  return `postgresql://${username === "" ? "" : `${username}@`}${host}${pathname}`;
}
