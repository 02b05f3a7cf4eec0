import type { Caller, Origin, ServiceCaller } from "../access/caller";
import { isStale } from "../audit/group-commit";
import { hashToken, isToken } from "../crypto/token";
import { CofferError } from "../errors";
import type { StoredToken } from "../store/token-rows";
import type { Door } from "./door";
import type { Tier } from "./rates";
import { tampered, type Rows } from "./rows";
import { serviceCaller, tokenState } from "./service-row";
import { ready, TokenCache, type KnownToken } from "./token-cache";
import type { UseCounter } from "./uses";

/** So long is a request decided again while the database changes under it, … */
const DECIDED_FOR_MS = 5_000;
/** … and as often in any case. */
const LEAST_DECISIONS = 5;

/** Who is behind a token. */
export class ServiceCallers {
  readonly #tokens: TokenCache;

  constructor(
    private readonly door: Door,
    private readonly uses: UseCounter,
  ) {
    this.#tokens = new TokenCache(door);
  }

  /**
   * The service behind a token. For a resolve it may be known from memory; then its answer is given only while
   * nothing has changed since, which is looked at when it is put on record (`asking`). Whether the token has
   * expired and may come from there is decided at every request, and a refusal is never from memory.
   * @throws CofferError `invalid_token`, `token_revoked`, `token_expired`, `service_disabled`, `address_not_allowed`
   */
  async ofToken(token: string, origin: Origin, tier: Tier): Promise<ServiceCaller> {
    const hash = hashToken(token);
    if (tier === "resolve") {
      const known = await this.door.lookUp(() => this.#tokens.get(hash));
      if (known && refusal(known, this.door.now(), origin) === null) {
        return this.#accept(known, origin, tier);
      }
    }
    if (!isToken(token)) throw await this.#noted(origin, {}, invalidToken());
    return this.#ofHash(hash, origin, tier);
  }

  /**
   * Does `work` for a caller, and does it again, from the token on, as long as what it was decided by has
   * changed before it was on record.
   * @throws CofferError what `ofToken` throws; `unavailable` if there is no end to it
   */
  async asking<T>(caller: Caller, work: (caller: Caller) => Promise<T>): Promise<T> {
    const from = performance.now();
    let asks = caller;
    for (let decisions = 1; ; decisions++) {
      try {
        return await work(asks);
      } catch (error) {
        if (!isStale(error) || asks.kind !== "service" || !asks.kept) throw error;
        if (decisions >= LEAST_DECISIONS && performance.now() - from > DECIDED_FOR_MS) throw error;
        asks = asAgain(await this.#ofHash(asks.kept.tokenHash, asks.origin, "resolve"));
      }
    }
  }

  /**
   * A caller who has been here for a while, as they are now, and when their token expires. Whom it refuses it puts on no record: that
   * is left to who asks. What was read of others since the database last changed, as far as that is known, serves for this one,
   * too: nothing may be told them unless it still holds when that is put on record.
   * @param again whether what was found a moment ago did not hold
   * @throws CofferError what `ofToken` throws
   */
  async present(
    { kept, origin }: ServiceCaller,
    again: boolean,
  ): Promise<{ caller: ServiceCaller; expiresAt: Date | null }> {
    const { tokenHash = "" } = kept ?? {};
    let known = again ? undefined : await this.door.lookUp(() => this.#tokens.get(tokenHash));
    if (!known) {
      const found = await this.door.lookUp(() => this.#tokens.find(tokenHash));
      if (found === null) throw invalidToken();
      const changed = tamperingIn(this.door.rows, found.row);
      if (changed) throw changed;
      known = ready(found.row, found.moment);
      this.#tokens.keep(known);
    }
    const refused = refusal(known, this.door.now(), origin);
    if (refused) throw refused;
    const caller = asCaller(known, origin, "resolve");
    return { caller: again ? asAgain(caller) : caller, expiresAt: known.row.expiresAt };
  }

  async #ofHash(hash: string, origin: Origin, tier: Tier): Promise<ServiceCaller> {
    const found = await this.door.lookUp(() => this.#tokens.find(hash));
    if (found === null) throw await this.#noted(origin, {}, invalidToken());
    const { row, moment } = found;
    const changed = tamperingIn(this.door.rows, row);
    if (changed) throw await this.#noted(origin, aboutToken(row), changed);
    const known = ready(row, moment);
    const refused = refusal(known, this.door.now(), origin);
    if (refused) throw await this.#noted(origin, aboutToken(row), refused);
    if (tier === "resolve") this.#tokens.keep(known);
    return this.#accept(known, origin, tier);
  }

  #accept(known: KnownToken, origin: Origin, tier: Tier): ServiceCaller {
    this.uses.noteToken(known.row.id, origin.address, this.door.now());
    return asCaller(known, origin, tier);
  }

  /** The error, once it is on record with what is known of the token. */
  async #noted(
    origin: Origin,
    about: { target?: string; environment?: string },
    error: CofferError,
  ): Promise<CofferError> {
    const attempt = { action: "tokens.use", ...about };
    await this.door.noteRefusal({ kind: "nobody", origin }, attempt, error);
    return error;
  }
}

function asCaller({ row, rules, moment }: KnownToken, origin: Origin, tier: Tier): ServiceCaller {
  const caller = serviceCaller(row.service, rules, { tokenId: row.id, origin });
  if (tier !== "resolve") return caller;
  return { ...caller, kept: { under: moment, tokenHash: row.hash } };
}

/**
 * A caller of a request that is decided again. All that it is decided by now was read since it came, so it need only be of the
 * Revision: two processes that both write to the record would else keep each other deciding for ever.
 */
function asAgain(caller: ServiceCaller): ServiceCaller {
  const { kept } = caller;
  return kept ? { ...caller, kept: { ...kept, under: { ...kept.under, epoch: null } } } : caller;
}

function aboutToken({ hint, service: { name, environment } }: StoredToken) {
  return { target: `${name} ${hint}`, environment: environment.slug };
}

/** A token is as good as the three rows that say what it is for. */
function tamperingIn(rows: Rows, row: StoredToken): CofferError | null {
  const { service } = row;
  if (!rows.isIntact("token", row)) return tampered("token", row.id);
  if (!rows.isIntact("service", service)) return tampered("service", service.id);
  if (!rows.isIntact("environment", service.environment)) {
    return tampered("environment", service.environment.id);
  }
  return null;
}

function refusal({ row, mayComeFrom }: KnownToken, now: Date, origin: Origin): CofferError | null {
  const state = tokenState(row, now);
  if (state === "revoked") return new CofferError("token_revoked", "This token was revoked.");
  if (state === "expired") return new CofferError("token_expired", "This token has expired.");
  if (row.service.disabledAt !== null) {
    return new CofferError("service_disabled", "This token's service is disabled.");
  }
  if (mayComeFrom(origin.address)) return null;
  return new CofferError(
    "address_not_allowed",
    `This token may not be used from ${origin.address}.`,
  );
}

function invalidToken(): CofferError {
  return new CofferError("invalid_token", "This token is not one that Coffer made.");
}
