import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
} from "node:fs";
import { isAbsolute, join } from "node:path";
import { parseEnv } from "node:util";
import { z } from "zod";
import { isCidr, isLoopback } from "./address";
import { misleadingIn, withHost } from "./database-url";
import { INSTANCE_ROLES, type InstanceRole } from "./instance-role";
import { CLIENT_SECRET_VARIABLE, providerIds, readProviders, type Provider } from "./provider";
import { ENV_ALLOW, serverVariables, type ServerVariables } from "./server-variables";
import { ConfigError, parse, reader } from "./setting";
import { requireOwnStream, SINK_VARIABLES, sinksOf, type Sinks } from "./sinks";

/** What Coffer runs with. Keys and passwords are not part of it: see `Settings`. */
export interface Config {
  /** `file:` and an absolute path; or of a PostgreSQL database, with its password. */
  databaseUrl: string;
  /** Of the PostgreSQL server itself, where `databaseUrl` leads to a pooler in front of it. */
  directUrl: string | undefined;
  host: string;
  port: number;
  /** Which half of Coffer this instance serves. */
  instanceRole: InstanceRole;
  /** Public origin, without a trailing slash. Links are made from it and from nothing else. */
  url: string;
  /** Whether COFFER_URL was given, and not made from HOST and PORT. */
  urlGiven: boolean;
  /** CIDR blocks of the proxies whose X-Forwarded-For is believed. */
  trustedProxies: string[];
  /** The OpenID providers that people may sign in by. */
  providers: Provider[];
  logLevel: LogLevel;
  /** How long the trash keeps a secret before it is purged. */
  trashDays: number;
  /** How much of the audit record is kept. */
  auditKeep: AuditKeep;
  /** Where Coffer's own files are: package.json, prisma/, .next/. */
  root: string;
  /** Where a key is written that Coffer makes itself. */
  envFile: string;
}

/** The audit record is kept for so many days, and up to so many events. Null: without such a limit. */
export interface AuditKeep {
  days: number | null;
  events: number | null;
}

export type LogLevel = (typeof LOG_LEVELS)[number];
const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "silent"] as const;

/** A configuration and the secrets that came with it, each to be used once and let go. */
export interface Settings {
  config: Config;
  masterKey: string | undefined;
  /** The master key that it replaces, during a rekey. */
  previousMasterKey: string | undefined;
  admin: { email: string; password: string } | undefined;
  /** For the commands that back up and restore. */
  backupPassphrase: string | undefined;
  /** The client secret of each provider, by its id. */
  providerSecrets: ReadonlyMap<string, string>;
  /** What `$ENV` references may read. */
  variables: ServerVariables;
  /** Where the audit record goes as it is written. */
  sinks: Sinks;
}

/** Fewer characters than this can't be a key worth the name. */
export const MASTER_KEY_MIN_LENGTH = 16;

const port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .refine((value) => value <= 65_535);

const days = z
  .string()
  .regex(/^[1-9]\d{0,3}$/)
  .transform(Number)
  .refine((count) => count <= 3_650);

/** Each variable: how it is read, and what to say when it can't be. README's table is checked against it. */
export const VARIABLES = {
  TYK_AI_SECRET_KEY: {
    schema: z.string().min(MASTER_KEY_MIN_LENGTH),
    takes: `at least ${String(MASTER_KEY_MIN_LENGTH)} characters`,
  },
  TYK_AI_SECRET_KEY_PREVIOUS: {
    schema: z.string().min(MASTER_KEY_MIN_LENGTH),
    takes: `the key that TYK_AI_SECRET_KEY replaces, at least ${String(MASTER_KEY_MIN_LENGTH)} characters`,
  },
  DATABASE_URL: {
    schema: z
      .string()
      .transform(withHost)
      .refine((text) => /^file:.+/.test(text) || isPostgresUrl(text)),
    takes:
      "file: and a path, or postgresql://USER:PASSWORD@HOST/DATABASE (by a socket: postgresql://USER@localhost/DATABASE?host=/FOLDER)",
  },
  DATABASE_URL_DIRECT: {
    schema: z
      .string()
      .transform(withHost)
      .refine((text) => isPostgresUrl(text) && !isPoolers(text)),
    takes:
      "postgresql://USER:PASSWORD@HOST/DATABASE, of the server itself: no pooler's, so without pgbouncer=true",
  },
  HOST: { schema: z.string().min(1), takes: "an address to listen on" },
  PORT: { schema: port, takes: "a number from 0 to 65535" },
  COFFER_ROLE: { schema: z.enum(INSTANCE_ROLES), takes: INSTANCE_ROLES.join(", ") },
  COFFER_URL: {
    schema: z.string().transform(originOf).pipe(z.string()),
    takes: "an origin with its scheme, such as https://coffer.example.com, without a path",
  },
  COFFER_ADMIN_EMAIL: { schema: z.email(), takes: "an e-mail address" },
  COFFER_ADMIN_PASSWORD: { schema: z.string().min(12), takes: "at least 12 characters" },
  COFFER_BACKUP_PASSPHRASE: { schema: z.string().min(12), takes: "at least 12 characters" },
  COFFER_INSECURE_HTTP: { schema: z.enum(["0", "1"]), takes: "0 or 1" },
  COFFER_TRUSTED_PROXIES: {
    schema: z
      .string()
      .transform((text) => text.split(",").map((block) => block.trim()))
      .refine((blocks) => blocks.every(isCidr)),
    takes: "addresses and CIDR blocks, separated by commas",
  },
  COFFER_ENV_ALLOW: ENV_ALLOW,
  COFFER_LOG_LEVEL: { schema: z.enum(LOG_LEVELS), takes: LOG_LEVELS.join(", ") },
  COFFER_TRASH_DAYS: { schema: days, takes: "a number of days from 1 to 3650" },
  COFFER_AUDIT_KEEP_DAYS: { schema: days, takes: "a number of days from 1 to 3650" },
  COFFER_AUDIT_KEEP_EVENTS: {
    schema: z
      .string()
      .regex(/^[1-9]\d{0,9}$/)
      .transform(Number),
    takes: "a number of events from 1 to 9999999999",
  },
  ...SINK_VARIABLES,
  COFFER_OIDC_PROVIDERS: {
    schema: providerIds,
    takes: "names of lower-case letters, digits and hyphens, separated by commas, each once",
  },
} as const;

type Variable = keyof typeof VARIABLES;
type Value<V extends Variable> = z.output<(typeof VARIABLES)[V]["schema"]>;

function isPostgresUrl(text: string): boolean {
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) return false;
  const { hostname, pathname, searchParams } = new URL(text);
  return (hostname !== "" || searchParams.has("host")) && pathname.length > 1;
}

/** @throws ConfigError */
function requireMeant(urls: Readonly<Record<string, string | undefined>>): void {
  for (const [name, url] of Object.entries(urls)) {
    const problem = url === undefined ? null : misleadingIn(url);
    if (problem !== null) throw new ConfigError(`${name}: ${problem}`);
  }
}

function isPoolers(url: string): boolean {
  return new URL(url).searchParams.get("pgbouncer") === "true";
}

function originOf(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol)) return undefined;
  if (url.pathname !== "/" || url.search || url.hash || url.username || url.password) {
    return undefined;
  }
  return url.origin;
}

export interface ReadOptions {
  /** The environment to read; the process's own unless a test gives another. */
  env?: NodeJS.ProcessEnv;
  /** Where Coffer's own files are. */
  root: string;
  /** Where `.env` and `data/` are; the current folder unless given. */
  home?: string;
}

/**
 * Reads the settings from the environment and, for what is not there, from `.env`. Takes the secrets out of
 * the process's environment, so that nothing that is read from it later can find them.
 * @throws ConfigError
 */
export function readSettings(options: ReadOptions): Settings {
  const env = options.env ?? process.env;
  const home = options.home ?? process.cwd();
  const envFile = join(home, ".env");
  // An empty text says nothing: compose files pass one for a variable that is not set.
  const given = Object.entries(env).filter(([, text]) => text !== "");
  const all = { ...parseEnvFile(envFile), ...Object.fromEntries(given) };
  const readText = reader(all, home);
  const read = <V extends Variable>(name: V): Value<V> | undefined =>
    parse(name, VARIABLES[name], readText(name)) as Value<V> | undefined;

  const host = read("HOST") ?? "127.0.0.1";
  const listenPort = read("PORT") ?? 3000;
  const givenUrl = read("COFFER_URL");
  const insecure = read("COFFER_INSECURE_HTTP") === "1";
  requireSafeExposure(host, givenUrl, insecure);
  const email = read("COFFER_ADMIN_EMAIL");
  const password = read("COFFER_ADMIN_PASSWORD");
  if ((email === undefined) !== (password === undefined)) {
    throw new ConfigError(
      "COFFER_ADMIN_EMAIL and COFFER_ADMIN_PASSWORD go together: set both or neither.",
    );
  }
  const { providers, providerSecrets } = readProviders(
    read("COFFER_OIDC_PROVIDERS") ?? [],
    readText,
  );
  const masterKey = read("TYK_AI_SECRET_KEY");
  const previousMasterKey = read("TYK_AI_SECRET_KEY_PREVIOUS");
  requireRekeyPair(masterKey, previousMasterKey);
  const databaseUrl = absoluteFileUrl(read("DATABASE_URL") ?? "file:./data/coffer.db", home);
  if (isPostgresUrl(databaseUrl) && masterKey === undefined) {
    throw new ConfigError(
      "TYK_AI_SECRET_KEY must be set where DATABASE_URL is of PostgreSQL: to the same key on every instance. Coffer makes one for a SQLite file only.",
    );
  }
  const directUrl = read("DATABASE_URL_DIRECT");
  if (directUrl !== undefined && !isPostgresUrl(databaseUrl)) {
    throw new ConfigError(
      "DATABASE_URL_DIRECT is set and DATABASE_URL is of a SQLite file: remove it, or set DATABASE_URL to the PostgreSQL database.",
    );
  }
  requireMeant({ DATABASE_URL: databaseUrl, DATABASE_URL_DIRECT: directUrl });
  const settings: Settings = {
    config: {
      ...{ databaseUrl, directUrl },
      host,
      port: listenPort,
      instanceRole: read("COFFER_ROLE") ?? "all",
      url: givenUrl ?? `http://localhost:${String(listenPort)}`,
      urlGiven: givenUrl !== undefined,
      trustedProxies: read("COFFER_TRUSTED_PROXIES") ?? [],
      providers,
      logLevel: read("COFFER_LOG_LEVEL") ?? "info",
      trashDays: read("COFFER_TRASH_DAYS") ?? 30,
      auditKeep: {
        days: read("COFFER_AUDIT_KEEP_DAYS") ?? null,
        events: read("COFFER_AUDIT_KEEP_EVENTS") ?? null,
      },
      root: options.root,
      envFile,
    },
    masterKey,
    previousMasterKey,
    admin: email !== undefined && password !== undefined ? { email, password } : undefined,
    backupPassphrase: read("COFFER_BACKUP_PASSPHRASE"),
    providerSecrets,
    variables: variablesOf(env, all, read("COFFER_ENV_ALLOW") ?? []),
    sinks: sinksOf(
      ...([read("COFFER_AUDIT_STREAM"), read("COFFER_AUDIT_WEBHOOK_URL")] as const),
      ...([read("COFFER_AUDIT_WEBHOOK_SECRET"), insecure] as const),
    ),
  };
  requireOwnStream(settings.sinks, settings.config);
  dropSecrets(env);
  return settings;
}

/** What `$ENV` references may read: of the environment, and where it has none of that name, of `.env`. */
function variablesOf(
  env: NodeJS.ProcessEnv,
  all: NodeJS.Dict<string>,
  allowed: readonly string[],
): ServerVariables {
  for (const name of allowed) {
    const kept = Object.hasOwn(all, name) ? all[name] : undefined;
    if (kept !== undefined && !Object.hasOwn(env, name)) env[name] = kept; // as dotenv does
  }
  return serverVariables(env, allowed);
}

/**
 * Removes the secrets from an environment. To be called again after Next has started: it reads `.env` on
 * its own account.
 */
export function dropSecrets(env: NodeJS.ProcessEnv = process.env): void {
  delete env["TYK_AI_SECRET_KEY"];
  delete env["TYK_AI_SECRET_KEY_PREVIOUS"];
  delete env["COFFER_ADMIN_PASSWORD"];
  delete env["COFFER_BACKUP_PASSPHRASE"];
  delete env["COFFER_AUDIT_WEBHOOK_URL"]; // some have a key in them
  delete env["COFFER_AUDIT_WEBHOOK_SECRET"];
  if (!env["DATABASE_URL"]?.startsWith("file:")) delete env["DATABASE_URL"]; // it has a password in it
  delete env["DATABASE_URL_DIRECT"];
  for (const name of Object.keys(env)) {
    if (CLIENT_SECRET_VARIABLE.test(name)) Reflect.deleteProperty(env, name);
  }
}

/**
 * Prepares the process's environment for Next and next-auth: no telemetry, no `.env` of their own, links
 * from `url` only, and no host taken on trust.
 */
export function prepareProcess(config: Config): void {
  process.env["NEXT_TELEMETRY_DISABLED"] = "1";
  process.env["__NEXT_PROCESSED_ENV"] = "true";
  process.env["NEXTAUTH_URL"] = config.url;
  delete process.env["AUTH_TRUST_HOST"];
  delete process.env["VERCEL"];
}

/** Whether this is a development server: pages reload, and scripts may use `eval`. */
export function isDevelopment(): boolean {
  return process.env["NODE_ENV"] === "development";
}

/** Makes a master key and keeps it in `envFile`, readable by its owner only. Returns it. */
export function makeMasterKey(envFile: string): string {
  const key = randomBytes(32).toString("base64url");
  const text = existsSync(envFile) ? readFileSync(envFile, "utf8") : "";
  const gap = text === "" || text.endsWith("\n") ? "" : "\n";
  const file = openSync(envFile, "a", 0o600);
  try {
    fchmodSync(file, 0o600);
    appendFileSync(file, `${gap}TYK_AI_SECRET_KEY=${key}\n`);
    fsyncSync(file); // a keyring whose key was lost with the power opens nothing
  } finally {
    closeSync(file);
  }
  return key;
}

/** The master key that `envFile` holds, if it holds one. */
export function keptMasterKey(envFile: string): string | undefined {
  const key = parseEnvFile(envFile)["TYK_AI_SECRET_KEY"];
  return key === "" ? undefined : key;
}

function parseEnvFile(path: string): NodeJS.Dict<string> {
  return existsSync(path) ? parseEnv(readFileSync(path, "utf8")) : {};
}

function absoluteFileUrl(url: string, home: string): string {
  if (isPostgresUrl(url)) return url;
  const path = url.slice("file:".length);
  return `file:${isAbsolute(path) ? path : join(home, path)}`;
}

/** A rekey is from one key to another: both given, and not the same. */
function requireRekeyPair(key: string | undefined, previous: string | undefined): void {
  if (previous === undefined) return;
  if (key === undefined) {
    throw new ConfigError(
      "TYK_AI_SECRET_KEY_PREVIOUS is set and TYK_AI_SECRET_KEY is not: set that to the new key, or without a rekey set only that.",
    );
  }
  if (key === previous) {
    throw new ConfigError(
      "TYK_AI_SECRET_KEY and TYK_AI_SECRET_KEY_PREVIOUS are the same key: set TYK_AI_SECRET_KEY to the new one, or remove TYK_AI_SECRET_KEY_PREVIOUS.",
    );
  }
}

/** Passwords and values must not cross a network in the clear unless the operator says so. */
function requireSafeExposure(host: string, url: string | undefined, insecure: boolean): void {
  if (isLoopback(host) || url?.startsWith("https://") || insecure) return;
  throw new ConfigError(
    `HOST=${host} can be reached from other machines, so COFFER_URL must be an https:// address (put a TLS proxy in front), or COFFER_INSECURE_HTTP=1 must say that plain HTTP is meant.`,
  );
}
