import { CofferError } from "../errors";
import { ROLES_BY_RANK, type Provider } from "../provider";
import type { Role } from "../shapes";

type Claims = Readonly<Record<string, unknown>>;

/** What a provider says of somebody, signature, nonce and expiry already checked. */
export interface ProviderClaims {
  idToken: Claims;
  /** What its userinfo endpoint says, where that was asked. */
  userInfo: Claims | null;
}

/** Somebody for whom a provider vouches. */
export interface VouchedPerson {
  subject: string;
  /** In lower case, and of a domain that the provider vouches for. */
  email: string;
  name: string;
  /** The role that the provider's claim gives; null where no claim decides it. */
  role: Role | null;
  /** When they showed the provider that it is them; null where it does not say. */
  confirmedAt: Date | null;
}

const MAX_SUBJECT_LENGTH = 255; // OpenID Connect Core 1.0, section 2
const MAX_EMAIL_LENGTH = 254;
const MAX_NAME_LENGTH = 100;
/** As far as the provider's clock may be ahead. */
const CLOCK_TOLERANCE_MS = 10_000;
/** One address as it is usual: no quotes, no comments, no list, and nothing that is not ASCII. */
const EMAIL = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9.-]{1,253})$/;
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]+/gu;

/**
 * Whom the claims speak of.
 * @throws CofferError `provider_refused`, `email_not_allowed`, `email_not_verified`, `no_role`
 */
export function vouchedPerson(
  provider: Provider,
  claims: ProviderClaims,
  now: Date,
): VouchedPerson {
  const subject = subjectOf(provider, claims);
  const email = allowedEmail(provider, claims);
  if (email === null) throw emailNotAllowed(provider);
  if (!isVerified(provider, emailSource(provider, claims))) throw emailNotVerified(provider);
  const { idToken, userInfo } = claims;
  return {
    ...{ subject, email },
    name: nameOf(idToken["name"] ?? userInfo?.["name"], email),
    role: mappedRole(provider, claims),
    confirmedAt: confirmedAt(idToken["auth_time"], now),
  };
}

/** The address in lower case if its domain is one that the provider vouches for; else null. */
export function allowedEmail(provider: Provider, claims: ProviderClaims): string | null {
  const { email } = emailSource(provider, claims);
  if (typeof email !== "string" || email.length > MAX_EMAIL_LENGTH) return null;
  const domain = EMAIL.exec(email)?.[1]?.toLowerCase(); // ASCII only, so no letter becomes another one
  return domain !== undefined && provider.domains.includes(domain) ? email.toLowerCase() : null;
}

/** The address and whether it was checked are taken from one answer, so that neither speaks for the other's. */
function emailSource({ verifiedClaim }: Provider, { idToken, userInfo }: ProviderClaims): Claims {
  const isWhole = Object.hasOwn(idToken, "email") && Object.hasOwn(idToken, verifiedClaim);
  return isWhole ? idToken : (userInfo ?? idToken);
}

/** `email_verified` is a boolean by its standard; other claims that say it come as 1 and as text too. */
function isVerified({ verifiedClaim }: Provider, source: Claims): boolean {
  const value = source[verifiedClaim];
  if (verifiedClaim === "email_verified") return value === true;
  return value === true || value === 1 || value === "1" || value === "true";
}

/** Once more what the ID token was checked for: by its issuer and subject the person is found. */
function subjectOf({ issuer, clientId }: Provider, { idToken, userInfo }: ProviderClaims): string {
  const { iss, aud, sub } = idToken;
  const isForUs = Array.isArray(aud) ? aud.includes(clientId) : aud === clientId;
  const isSame = userInfo === null || userInfo["sub"] === sub;
  const isSubject = typeof sub === "string" && sub !== "" && sub.length <= MAX_SUBJECT_LENGTH;
  const isText = isSubject && !sub.includes("\0"); // PostgreSQL keeps none, and takes no question with one
  if (iss === issuer && isForUs && isSame && isText) return sub;
  throw new CofferError("provider_refused", "The provider's answer is not meant for this sign-in.");
}

function nameOf(claim: unknown, email: string): string {
  const name = typeof claim === "string" ? claim.replace(UNPRINTABLE, " ").trim() : "";
  return name.slice(0, MAX_NAME_LENGTH).trim() || email.slice(0, email.indexOf("@"));
}

/** The highest role that the claim's values give; where they give none, the provider's own. */
function mappedRole(
  { roleMap, role }: Provider,
  { idToken, userInfo }: ProviderClaims,
): Role | null {
  if (roleMap === null) return null;
  const claim = idToken[roleMap.claim] ?? userInfo?.[roleMap.claim];
  const values: unknown[] = Array.isArray(claim) ? claim : [claim];
  const given = values.map((value) =>
    typeof value === "string" ? roleMap.roles.get(value) : null,
  );
  const found = ROLES_BY_RANK.find((each) => given.includes(each)) ?? role;
  if (found !== null) return found;
  throw new CofferError(
    "no_role",
    "Nothing that the provider says of this person gives them a role here.",
  );
}

/** Seconds since 1970. A time that is to come says nothing. */
function confirmedAt(authTime: unknown, now: Date): Date | null {
  if (typeof authTime !== "number" || !Number.isFinite(authTime) || authTime < 0) return null;
  const ms = authTime * 1000;
  if (ms > now.getTime() + CLOCK_TOLERANCE_MS) return null;
  return new Date(Math.min(ms, now.getTime()));
}

function emailNotAllowed({ name }: Provider): CofferError {
  return new CofferError(
    "email_not_allowed",
    `${name} sent no e-mail address, or one of a domain that may not sign in here.`,
  );
}

function emailNotVerified({ name }: Provider): CofferError {
  return new CofferError("email_not_verified", `${name} has not verified the e-mail address.`);
}
