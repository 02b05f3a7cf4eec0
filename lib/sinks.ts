import { realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join } from "node:path";
import { z } from "zod";
import { isLoopback } from "./address";
import { ConfigError } from "./setting";

/** Where the audit record goes as it is written. Addresses can hold a key, so none of this is part of `Config`. */
export interface Sinks {
  /** `stdout`, or the absolute path of a file; null: none. */
  stream: string | null;
  webhook: { url: URL; secret: string } | null;
}

/** Nowhere but into the database. */
export const NO_SINKS: Sinks = { stream: null, webhook: null };

/** Fewer characters than this can't be a secret worth the name. */
const SECRET_MIN_LENGTH = 16;

/** How the settings of sinks are read. */
export const SINK_VARIABLES = {
  COFFER_AUDIT_STREAM: {
    schema: z.string().refine((text) => text === STDOUT || isAbsolute(text)),
    takes: "stdout, or the absolute path of a file",
  },
  COFFER_AUDIT_WEBHOOK_URL: {
    schema: z.string().transform(addressOf).pipe(z.instanceof(URL)),
    takes:
      "an https:// address without a user, a password and a fragment; http:// only for this machine itself, or with COFFER_INSECURE_HTTP=1",
  },
  COFFER_AUDIT_WEBHOOK_SECRET: {
    schema: z.string().min(SECRET_MIN_LENGTH),
    takes: `at least ${String(SECRET_MIN_LENGTH)} characters`,
  },
} as const;

export const STDOUT = "stdout";

/** What was set, as sinks. @throws ConfigError for half of a webhook, or one in the clear that nobody has asked for */
export function sinksOf(
  stream: string | undefined,
  url: URL | undefined,
  secret: string | undefined,
  mayBeInTheClear: boolean,
): Sinks {
  if ((url === undefined) !== (secret === undefined)) {
    throw new ConfigError(
      "COFFER_AUDIT_WEBHOOK_URL and COFFER_AUDIT_WEBHOOK_SECRET go together: set both or neither.",
    );
  }
  if (url?.protocol === "http:" && !isLoopback(url.hostname) && !mayBeInTheClear) {
    throw new ConfigError(
      `COFFER_AUDIT_WEBHOOK_URL takes ${SINK_VARIABLES.COFFER_AUDIT_WEBHOOK_URL.takes}.`,
    );
  }
  return {
    stream: stream ?? null,
    webhook: url !== undefined && secret !== undefined ? { url, secret } : null,
  };
}

/** @throws ConfigError where the stream is one of the files that Coffer itself keeps, which lines must not be written into */
export function requireOwnStream(
  { stream }: Sinks,
  { databaseUrl, envFile }: { databaseUrl: string; envFile: string },
): void {
  if (stream === null || stream === STDOUT) return;
  const path = realPath(stream);
  const isEnvFile = path === realPath(envFile);
  if (!isEnvFile && !isOfDatabase(path, databaseUrl)) return;
  throw new ConfigError(
    "COFFER_AUDIT_STREAM is the name of a file that Coffer keeps itself, such as its database. Give the record a file of its own.",
  );
}

/** Whether it is a SQLite file, or what is kept beside it under its name: its log, and the index of the record. */
function isOfDatabase(path: string, databaseUrl: string): boolean {
  if (!databaseUrl.startsWith("file:")) return false;
  const file = realPath(databaseUrl.slice("file:".length));
  return path === file || path.startsWith(`${file}-`) || path.startsWith(`${file}.`);
}

/** The path past symbolic links, as far as it exists. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : join(realPath(folder), basename(path));
  }
}

function addressOf(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol)) return undefined;
  return url.username || url.password || text.includes("#") ? undefined : url;
}
