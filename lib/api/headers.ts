import type { Config } from "../config";

/** Features that nothing of Coffer's uses, so that nothing that gets in can use them. */
export const PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=()";

/** For as long as browsers should ask for https only, where COFFER_URL is https. */
export const HSTS = "max-age=31536000";

const ANSWER_HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": PERMISSIONS_POLICY,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

const HTTPS_ANSWER_HEADERS = { ...ANSWER_HEADERS, "strict-transport-security": HSTS };

/** What every answer of the API has: it is data, and no page, also where somebody opens it as one. */
export function answerHeaders(config: Config): Record<string, string> {
  return config.url.startsWith("https:") ? HTTPS_ANSWER_HEADERS : ANSWER_HEADERS;
}
