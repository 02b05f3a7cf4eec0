import type { Caller, NobodyCaller } from "../access/caller";
import type { Config } from "../config";
import type { Keyring } from "../crypto/keyring";
import { CofferError, isCofferError } from "../errors";
import type { Log } from "../log";
import type { Provider } from "../provider";
import type { ProviderInfo, Role } from "../shapes";
import type { Db } from "../store/store";
import type { Door } from "./door";
import { emailHash, unknownEmail } from "./email-hash";
import { admit, findByIdentity } from "./identities";
import { openSession } from "./open-session";
import { allowedEmail, vouchedPerson, type ProviderClaims } from "./provider-claims";
import { callerOfSession } from "./sessions";
import { findUser, requireAnAdmin, updateUserAndEndSessions, type UserRow } from "./user-row";
import type { Providers } from "./vault";

interface ProviderOptions {
  config: Config;
  providerSecrets: ReadonlyMap<string, string>;
  log: Log;
}

/** Signing in by the OpenID providers of the configuration. */
export function providerFunctions(
  door: Door,
  keyring: Keyring,
  { config: { providers }, providerSecrets, log }: ProviderOptions,
): Providers {
  const emailKey = keyring.derive("email-hash");
  const find = (id: string) => providers.find((provider) => provider.id === id);

  return {
    list: () => providers.map(providerInfo),

    client(id) {
      const [provider, clientSecret] = [find(id), providerSecrets.get(id)];
      return provider && clientSecret !== undefined ? { ...provider, clientSecret } : null;
    },

    async signIn(origin, id, claims, session) {
      const provider = find(id);
      if (!provider) throw new CofferError("not_found", "There is no such provider.");
      const caller: NobodyCaller = { kind: "nobody", origin };
      const target = targetOf(provider, claims, emailKey);
      return door.prepare(caller, { action: "sign_in", target }, async () => {
        const person = vouchedPerson(provider, claims, door.now());
        const present = session && (await callerOfSession(door, log, session, origin));
        const user =
          (await findByIdentity(door, provider.issuer, person.subject)) ??
          (await admit(door, present ?? caller, { provider, person }));
        if (user.disabledAt !== null) throw accountDisabled();
        const { confirmedAt, role } = person;
        const current = role ? await withRole(door, caller, user, { role, providers }) : user;
        return openSession(door, current, { origin, method: `oidc:${id}`, confirmedAt, target });
      });
    },

    async noteFailure(origin, id, error, reason) {
      log.warn({ provider: id, reason }, "a sign-in by a provider failed");
      await door.noteRefusal({ kind: "nobody", origin }, { action: "sign_in", target: id }, error);
    },
  };
}

/** A provider as anybody may know it. */
export function providerInfo({ id, name }: Provider): ProviderInfo {
  return { id, name };
}

/** Those of `providers` that a person can sign in by. */
export async function providersOf(
  { rows }: Door,
  db: Db,
  providers: readonly Provider[],
  userId: string,
): Promise<ProviderInfo[]> {
  const identities = await db.identity.findMany({ where: { userId } });
  const issuers = identities.flatMap((row) => (rows.isIntact("identity", row) ? row.issuer : []));
  return providers.filter(({ issuer }) => issuers.includes(issuer)).map(providerInfo);
}

/** The provider and the address; a hash of one that the provider does not vouch for. */
function targetOf(provider: Provider, claims: ProviderClaims, key: Uint8Array): string {
  const email = allowedEmail(provider, claims);
  if (email !== null) return `${provider.id} ${email}`;
  const told = claims.idToken["email"] ?? claims.userInfo?.["email"];
  if (typeof told !== "string") return provider.id;
  return `${provider.id} ${unknownEmail(emailHash(key, told))}`;
}

/** Gives the role that the provider's claim names. The last admin stays one, which is on record. */
async function withRole(
  door: Door,
  caller: Caller,
  user: UserRow,
  { role, providers }: { role: Role; providers: readonly Provider[] },
): Promise<UserRow> {
  if (user.role === role) return user;
  const attempt = { action: "users.update", target: user.email };
  try {
    return await door.change(caller, attempt, async (tx) => {
      const old = await findUser(door, tx, user.id);
      const row = await updateUserAndEndSessions(door, tx, old, { role });
      if (old.role === "admin") await requireAnAdmin(door, tx, providers);
      return { answer: row, code: role };
    });
  } catch (error) {
    if (isCofferError(error) && error.code === "last_admin") return user;
    throw error;
  }
}

/** Who is disabled learns it only after a provider has vouched that it is them. */
function accountDisabled(): CofferError {
  return new CofferError("account_disabled", "This account is disabled. Ask an admin.");
}
