export const CLIENT_SECRET = "client-secret-of-the-test-that-must-not-leak";

/** A Coffer's settings for the provider `id` of that issuer. */
export function settingsOf(id: string, issuer: string, more: Record<string, string> = {}) {
  const settings = {
    ...{ ISSUER: issuer, CLIENT_ID: `coffer-${id}`, CLIENT_SECRET },
    ...{ DOMAINS: "example.com,example.org", ...more },
  };
  const named = Object.entries(settings).map(([name, value]) => [
    `COFFER_OIDC_${id.toUpperCase()}_${name}`,
    value,
  ]);
  return Object.fromEntries(named) as Record<string, string>;
}
