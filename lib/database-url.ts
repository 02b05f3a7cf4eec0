import { isLoopback } from "./address";

/** Whether an address leads to a database on a server, and not to a file. */
export function isOfServer(databaseUrl: string): boolean {
  return /^postgres(ql)?:/.test(databaseUrl);
}

/** An address as it may be shown and logged: of a database on a server without password and parameters. */
export function shownUrl(databaseUrl: string): string {
  if (!isOfServer(databaseUrl)) return databaseUrl;
  if (!URL.canParse(databaseUrl)) return UNSHOWN;
  const url = new URL(databaseUrl);
  if (isCutInTwo(url)) return UNSHOWN;
  const { username, host, pathname } = url;
  return `postgresql://${username === "" ? "" : `${username}@`}${host}${pathname}`;
}

const UNSHOWN = "postgresql://…";

/** What the driver takes as a secret from the parameters. */
const SECRET_PARAMETERS = new Set(["password", "sslpassword"]);

/** Whether an address of a database on a server has a password in it, wherever. */
export function hasPassword(databaseUrl: string): boolean {
  const url = new URL(databaseUrl);
  const names = [...url.searchParams.keys()].map((name) => name.toLowerCase());
  return (
    url.password !== "" || names.some((name) => SECRET_PARAMETERS.has(name)) || isCutInTwo(url)
  );
}

/**
 * Whether a password with a `/`, `?` or `#` that is not written as %2F, %3F or %23 has ended the host too early: its
 * parts are taken for port, path and parameters then, and only the `@` or a second `/` behind it tell.
 */
function isCutInTwo({ pathname, search, hash }: URL): boolean {
  return pathname.includes("/", 1) || `${pathname}${search}${hash}`.includes("@");
}

/** Any of these says whether the connection is encrypted, as the driver has it. */
const OF_TLS = ["sslmode", "ssl", "sslnegotiation", "sslrootcert", "sslcert", "sslkey"];

/** Whether an address leads to another machine and says nothing about TLS: the driver uses none then. */
export function isInTheClear(databaseUrl: string): boolean {
  if (!isOfServer(databaseUrl)) return false;
  const { hostname, searchParams } = new URL(databaseUrl);
  const given = searchParams.get("host") ?? ""; // it goes before the other
  const host = (given === "" ? decodeURIComponent(hostname) : given).toLowerCase();
  const isHere = host === "" || host.startsWith("/") || isLoopback(host); // with a / it is a socket
  return !isHere && !OF_TLS.some((name) => searchParams.has(name));
}

/**
 * An address in the form of PostgreSQL's own programs, with a user, no host and `host=` behind it, as one that can be read as
 * a URL: what `host=` names goes before the host.
 */
export function withHost(databaseUrl: string): string {
  const hasNone = /^postgres(ql)?:\/\/[^/?#]*@\/[^?#]*\?(.*&)?host=/.test(databaseUrl);
  return hasNone ? databaseUrl.replace("@/", "@localhost/") : databaseUrl;
}

const SSL_MODES = ["disable", "prefer", "require", "verify-ca", "verify-full", "no-verify"];

/** What is said of an address of a database on a server whose parameters would not do what they say; null of any other. */
export function misleadingIn(databaseUrl: string): string | null {
  if (!isOfServer(databaseUrl)) return null;
  const { searchParams } = new URL(databaseUrl);
  const mode = searchParams.get("sslmode");
  if (mode !== null && !SSL_MODES.includes(mode)) {
    return "sslmode= takes disable, require, verify-ca or verify-full.";
  }
  if (![null, "public"].includes(searchParams.get("schema"))) {
    return "schema= takes public only, the schema that Coffer's tables are in. Leave it out, and give Coffer a database of its own.";
  }
  return null;
}
