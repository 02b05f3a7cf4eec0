import { z } from "zod";
import { isLoopback } from "./address";
import { ConfigError, parse, type ReadText } from "./setting";
import type { Role } from "./shapes";

/** An OpenID provider that people may sign in by, as the configuration has it. Its client secret is kept apart. */
export interface Provider {
  /** As COFFER_OIDC_PROVIDERS names it, and as the redirect address ends. */
  id: string;
  /** What its button says. */
  name: string;
  /** Exactly as its ID tokens say it. */
  issuer: string;
  clientId: string;
  /** What may follow the @ of an e-mail address that it vouches for, in lower case. */
  domains: string[];
  /** The role of people whom it makes, and of whom the map says nothing; null: it makes nobody. */
  role: Role | null;
  /** Where a claim decides the role at each sign-in. */
  roleMap: { claim: string; roles: ReadonlyMap<string, Role> } | null;
  /** The claim by which it says that it has checked the e-mail address. */
  verifiedClaim: string;
  scopes: string;
}

/** From the one that may most to the one that may least. */
export const ROLES_BY_RANK: readonly Role[] = ["admin", "editor", "auditor", "viewer"];

const DOMAIN =
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
const PRINTABLE = /^[\x21-\x7e]+$/;
/** RFC 6749, section 3.3. */
const SCOPES = /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/;

const list = z.string().transform((text) => text.split(",").map((part) => part.trim()));
const role = z.enum(["viewer", "editor", "auditor", "admin"]);

/** What a provider may be called: it is part of variables' names and of an address. */
export const providerIds = list.refine(
  (ids) =>
    new Set(ids).size === ids.length &&
    ids.every((id) => /^[a-z][a-z0-9-]{0,31}$/.test(id) && id !== "credentials"),
);

/** The settings of one provider, each after `COFFER_OIDC_` and its id. README has their table. */
export const PROVIDER_VARIABLES = {
  ISSUER: {
    schema: z.string().refine(isIssuer),
    takes: "the provider's https address, exactly as its discovery document names it",
  },
  CLIENT_ID: {
    schema: z.string().regex(PRINTABLE),
    takes: "the client id that it knows Coffer by",
  },
  CLIENT_SECRET: { schema: z.string().min(1), takes: "the secret of that client" },
  DOMAINS: {
    schema: list
      .transform((domains) => domains.map((domain) => domain.toLowerCase()))
      .refine((domains) => domains.every((domain) => DOMAIN.test(domain))),
    takes: "the domains of the e-mail addresses that may sign in, separated by commas",
  },
  NAME: { schema: z.string().trim().min(1).max(40), takes: "1 to 40 characters" },
  ROLE: {
    schema: z.union([role, z.literal("none").transform(() => null)]),
    takes: "viewer, editor, auditor, admin, or none",
  },
  ROLE_CLAIM: { schema: z.string().regex(PRINTABLE), takes: "the name of a claim" },
  ROLE_MAP: {
    schema: list
      .transform((pairs) => pairs.map((pair) => /^(.+)=([a-z]+)$/.exec(pair)?.slice(1) ?? []))
      .pipe(z.array(z.tuple([z.string(), role])))
      .refine((pairs) => new Set(pairs.map(([value]) => value)).size === pairs.length)
      .transform((pairs) => new Map(pairs)),
    takes: "pairs such as vault-admins=admin,developers=editor",
  },
  VERIFIED_CLAIM: { schema: z.string().regex(PRINTABLE), takes: "the name of a claim" },
  SCOPES: {
    schema: z
      .string()
      .regex(SCOPES)
      .refine((text) => text.split(" ").includes("openid")),
    takes: "scopes separated by blanks, openid among them",
  },
} as const;

type Setting = keyof typeof PROVIDER_VARIABLES;
type Value<S extends Setting> = z.output<(typeof PROVIDER_VARIABLES)[S]["schema"]>;

/** The variable of a provider: `COFFER_OIDC_MY_IDP_ISSUER` for `my-idp`. */
export function providerVariable(id: string, setting: Setting): string {
  return `COFFER_OIDC_${id.toUpperCase().replaceAll("-", "_")}_${setting}`;
}

/** The variables that hold client secrets, for those who drop them from an environment. */
export const CLIENT_SECRET_VARIABLE = /^COFFER_OIDC_[A-Z0-9_]+_CLIENT_SECRET$/;

/** The providers of these ids, and their client secrets. @throws ConfigError */
export function readProviders(
  ids: readonly string[],
  readText: ReadText,
): { providers: Provider[]; providerSecrets: Map<string, string> } {
  const providerSecrets = new Map<string, string>();
  const providers = ids.map((id): Provider => {
    const read = <S extends Setting>(setting: S): Value<S> | undefined => {
      const name = providerVariable(id, setting);
      const value = parse(name, PROVIDER_VARIABLES[setting], readText(name));
      return value as Value<S> | undefined;
    };
    const need = <S extends Setting>(setting: S): Value<S> => {
      const value = read(setting);
      if (value !== undefined) return value;
      const { takes } = PROVIDER_VARIABLES[setting];
      throw new ConfigError(
        `${providerVariable(id, setting)} is missing, and COFFER_OIDC_PROVIDERS names ${id}. It takes ${takes}.`,
      );
    };
    const claim = read("ROLE_CLAIM");
    const roles = read("ROLE_MAP");
    if ((claim === undefined) !== (roles === undefined)) {
      throw new ConfigError(
        `${providerVariable(id, "ROLE_CLAIM")} and ${providerVariable(id, "ROLE_MAP")} go together: set both or neither.`,
      );
    }
    const role = read("ROLE");
    providerSecrets.set(id, need("CLIENT_SECRET"));
    return {
      id,
      name: read("NAME") ?? id.charAt(0).toUpperCase() + id.slice(1),
      issuer: need("ISSUER"),
      clientId: need("CLIENT_ID"),
      domains: need("DOMAINS"),
      role: role === undefined ? "viewer" : role,
      roleMap: claim !== undefined && roles !== undefined ? { claim, roles } : null,
      verifiedClaim: read("VERIFIED_CLAIM") ?? "email_verified",
      scopes: read("SCOPES") ?? "openid email profile",
    };
  });
  return { providers, providerSecrets };
}

/** OpenID Connect Discovery 1.0, section 3: https, without query and fragment. Plain HTTP on this machine only. */
function isIssuer(text: string): boolean {
  if (!URL.canParse(text) || !PRINTABLE.test(text)) return false;
  const url = new URL(text);
  if (url.username || url.password || text.includes("?") || text.includes("#")) return false;
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
}
