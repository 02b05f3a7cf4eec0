/**
 * Every error that Coffer means to tell a caller about. The union is closed: a new code is added here,
 * with its HTTP status beside it, and nowhere else.
 */
const STATUS = {
  // The request itself
  bad_request: 400,
  invalid_json: 400,
  invalid_document: 400,
  invalid_encoding: 400,
  invalid_request: 400,
  invalid_name: 400,
  invalid_value: 400,
  ambiguous_credentials: 400,
  // Who asks
  unauthenticated: 401,
  invalid_token: 401,
  token_revoked: 401,
  token_expired: 401,
  service_disabled: 401,
  sign_in_failed: 401,
  invalid_link: 401,
  second_factor_required: 401,
  sign_in_cancelled: 401,
  provider_refused: 401,
  // What they may
  forbidden: 403,
  address_not_allowed: 403,
  account_disabled: 403,
  account_not_linked: 403,
  email_not_allowed: 403,
  email_not_verified: 403,
  no_role: 403,
  not_invited: 403,
  wrong_password: 403,
  wrong_code: 403,
  wrong_passphrase: 403,
  two_step_required: 403,
  confirmation_required: 403,
  bad_origin: 403,
  // What is there
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  already_exists: 409,
  in_trash: 409,
  version_conflict: 409,
  import_conflict: 409,
  setup_done: 409,
  last_admin: 409,
  user_disabled: 409,
  not_empty: 409,
  incident_closed: 409,
  rekey_under_way: 409,
  reseal_under_way: 409,
  backup_under_way: 409,
  not_held: 409,
  key_in_use: 409,
  not_lost: 409,
  body_too_large: 413,
  unsupported_media_type: 415,
  misdirected_host: 421,
  other_role: 421,
  headers_too_large: 431,
  // Well-formed, but can't be done
  unresolved: 422,
  limit_exceeded: 422,
  limits_required: 422,
  version_destroyed: 422,
  version_lost: 422,
  import_refused: 422,
  output_too_large: 422,
  weak_password: 422,
  invalid_backup: 422,
  // Too often
  rate_limited: 429,
  too_many_attempts: 429,
  // Coffer's own state
  unreadable: 500,
  tampered: 500,
  internal: 500,
  wrong_key: 500,
  unavailable: 503,
  provider_unreachable: 503,
} as const;

export type ErrorCode = keyof typeof STATUS;

/** HTTP status of a code. The one table: no route chooses a status for an error. */
export function statusOf(code: ErrorCode): number {
  return STATUS[code];
}

/** Whether the same request may succeed later without being changed. */
export function isRetryable(code: ErrorCode): boolean {
  return STATUS[code] === 503 || STATUS[code] === 429;
}

/**
 * An error for a caller. `message` says what happened and what to do, and is safe to show: never a value,
 * a token, a password, or text that came from the database. `details` are extra members of the problem
 * document (RFC 9457), under the same rule. `cause` is for the log only.
 */
export class CofferError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CofferError";
    this.code = code;
    this.details = options.details;
  }
}

/**
 * Whether `error` is a CofferError, by shape and not by `instanceof`: Next bundles its own copy of this
 * module, so the same class exists twice in the process.
 */
export function isCofferError(error: unknown): error is CofferError {
  return (
    error instanceof Error &&
    error.name === "CofferError" &&
    "code" in error &&
    typeof error.code === "string" &&
    Object.hasOwn(STATUS, error.code)
  );
}

/** How an error says to people how long to wait. */
export function waitText(seconds: number): string {
  if (seconds === 1) return "a second";
  return seconds < 120
    ? `${String(seconds)} seconds`
    : `${String(Math.ceil(seconds / 60))} minutes`;
}
