import { CofferError, isCofferError } from "../errors";

/** Why a sign-in ended before the vault was asked. */
export class ProviderFailure extends CofferError {
  constructor(
    code: "provider_refused" | "provider_unreachable" | "sign_in_cancelled",
    /** For the log: a few words of Coffer's own or of openid-client's, never what the provider wrote. */
    readonly reason: string,
  ) {
    super(code, "The sign-in by the provider could not be finished.");
  }
}

/** The provider's answer can't be trusted, or is not one to what this browser asked. */
export function providerRefused(reason: string): ProviderFailure {
  return new ProviderFailure("provider_refused", reason);
}

/** The provider does not answer, or not as one that works. */
export function providerUnreachable(reason: string): ProviderFailure {
  return new ProviderFailure("provider_unreachable", reason);
}

/** What the provider's refusal to sign somebody in means (RFC 6749, section 4.1.2.1). */
export function refusalOf(oauthCode: string): ProviderFailure {
  return oauthCode === "access_denied"
    ? new ProviderFailure("sign_in_cancelled", "access_denied")
    : providerRefused(`it answered ${knownWord(oauthCode)}`);
}

/** What errors of openid-client and of Node have beside a message. */
interface OpenIdError {
  code: unknown;
  /** The provider's own word. */
  error: unknown;
  response: { statusCode?: number };
}

/** What `error`, thrown while the provider was asked, means. Errors of the vault's stay as they are. */
export function failureOf(error: unknown): CofferError {
  if (isCofferError(error)) return error;
  if (!(error instanceof Error)) return providerRefused("unknown");
  const { code, error: oauthCode, response } = error as Partial<OpenIdError>;
  if (typeof code === "string" && /^E[A-Z_]+$/.test(code)) return providerUnreachable(code);
  const status = response?.statusCode ?? 200;
  if (status >= 500) return providerUnreachable(`it answered ${String(status)}`);
  if (error.message.includes(" timed out ")) return providerUnreachable("timed out");
  if (typeof oauthCode === "string") return refusalOf(oauthCode);
  // What openid-client begins a message with; after it come claims.
  return providerRefused(/^[\w' -]{1,80}/.exec(error.message)?.[0].trim() ?? error.name);
}

function knownWord(oauthCode: string): string {
  return /^[a-z_]{1,40}$/.exec(oauthCode)?.[0] ?? "an error";
}
