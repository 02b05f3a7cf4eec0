import { z } from "zod";
import { isName } from "./name";

/** The variables of the server's environment that `$ENV` references may read: those of COFFER_ENV_ALLOW. */
export interface ServerVariables {
  isAllowed(name: string): boolean;
  /** What the variable says now, perhaps nothing; undefined where it is not set or not allowed. */
  read(name: string): string | undefined;
}

/** None at all. */
export const NO_VARIABLES: ServerVariables = { isAllowed: () => false, read: () => undefined };

/** Coffer's own settings: keys, passwords, and where the data is. Never to be read through a reference. */
const OWN = /^(TYK_AI_|COFFER_|DATABASE_URL|NEXTAUTH_)/i;

/** How COFFER_ENV_ALLOW is read: exact names, separated by commas, none of them Coffer's own. */
export const ENV_ALLOW = {
  schema: z
    .string()
    .transform((text) => text.split(",").map((name) => name.trim()))
    .refine((names) => names.every((name) => isName(name) && !OWN.test(name))),
  takes:
    "exact names of environment variables, separated by commas; TYK_AI_*, COFFER_*, DATABASE_URL* and NEXTAUTH_* are never among them",
};

/** The variables of `env` that `allowed` names, read when they are asked for. */
export function serverVariables(
  env: NodeJS.Dict<string>,
  allowed: readonly string[],
): ServerVariables {
  if (allowed.length === 0) return NO_VARIABLES;
  const names = new Set(allowed);
  return {
    isAllowed: (name) => names.has(name),
    read: (name) => (names.has(name) && Object.hasOwn(env, name) ? env[name] : undefined),
  };
}
