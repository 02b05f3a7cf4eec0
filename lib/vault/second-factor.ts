import type { Keyring } from "../crypto/keyring";
import {
  base32,
  matchingStep,
  newRecoveryCodes,
  newTotpSecret,
  SecondFactorKeys,
  totpUri,
} from "../crypto/second-factor";
import { CofferError } from "../errors";
import type { TwoStepSetup } from "../shapes";
import type { Db } from "../store/store";
import type { Door } from "./door";
import { tampered } from "./rows";
import { updateUser, type UserRow } from "./user-row";

/** What an authenticator app calls Coffer. */
const ISSUER = "Coffer";

/** By which of a person's second factors a code was. */
export type UsedFactor = "totp" | "recovery_code";

/** People's second factors: time-based codes (RFC 6238), and recovery codes for who lost them. */
export class SecondFactors {
  readonly #door: Door;
  readonly #keys: SecondFactorKeys;

  constructor(door: Door, keyring: Keyring) {
    this.#door = door;
    this.#keys = new SecondFactorKeys(keyring);
  }

  /** Makes a secret that waits for its first code. One that waited before is gone. */
  async begin(tx: Db, user: UserRow): Promise<TwoStepSetup> {
    if (user.totp !== null) {
      throw new CofferError("already_exists", "You have a second factor. Take it away first.");
    }
    const secret = newTotpSecret();
    const totpPending = this.#keys.seal(user.id, secret);
    await tx.user.update({ where: { id: user.id }, data: { totpPending } });
    return { secret: base32(secret), uri: totpUri(secret, user.email, ISSUER) };
  }

  /** Puts the waiting secret into force with its first code. Answers with new recovery codes. */
  async enable(tx: Db, user: UserRow, code: string): Promise<string[]> {
    const { totpPending } = user;
    if (totpPending === null) {
      throw new CofferError("not_found", "There is no second factor to confirm. Begin again.");
    }
    const step = matchingStep(this.#open(user, totpPending), spoken(code), this.#door.now());
    if (step === null) throw wrongCode();
    await updateUser(this.#door, tx, user, { totp: totpPending });
    const used = { totpPending: null, totpStep: step };
    await tx.user.update({ where: { id: user.id }, data: used });
    return this.replaceRecoveryCodes(tx, user.id);
  }

  /** Takes a person's second factor and recovery codes away. */
  async remove(tx: Db, user: UserRow): Promise<void> {
    await tx.recoveryCode.deleteMany({ where: { userId: user.id } });
    await updateUser(this.#door, tx, user, { totp: null });
    await tx.user.update({ where: { id: user.id }, data: { totpPending: null } });
  }

  /** New recovery codes: this is the only time that anybody sees them. The ones before them stop working. */
  async replaceRecoveryCodes(tx: Db, userId: string): Promise<string[]> {
    const codes = newRecoveryCodes();
    await tx.recoveryCode.deleteMany({ where: { userId } });
    const hashes = codes.map((code) => this.#keys.hashRecoveryCode(userId, code));
    await tx.recoveryCode.createMany({ data: hashes.map((hash) => ({ hash, userId })) });
    return codes;
  }

  /** Uses a code up. Each works once. @throws CofferError `wrong_code` */
  async use(tx: Db, user: UserRow, code: string): Promise<UsedFactor> {
    const factor = /^[0-9]{6}$/.test(spoken(code)) ? "totp" : "recovery_code";
    const isGood =
      factor === "totp"
        ? await this.#useTotp(tx, user, spoken(code))
        : await this.#useRecoveryCode(tx, user.id, code);
    if (!isGood) throw wrongCode();
    return factor;
  }

  async #useTotp(tx: Db, user: UserRow, code: string): Promise<boolean> {
    if (user.totp === null) return false;
    const step = matchingStep(this.#open(user, user.totp), code, this.#door.now());
    if (step === null) return false;
    const { count } = await tx.user.updateMany({
      where: { id: user.id, totpStep: { lt: step } },
      data: { totpStep: step },
    });
    return count === 1;
  }

  async #useRecoveryCode(tx: Db, userId: string, code: string): Promise<boolean> {
    const hash = this.#keys.hashRecoveryCode(userId, code);
    const { count } = await tx.recoveryCode.updateMany({
      where: { hash, userId, usedAt: null },
      data: { usedAt: this.#door.now() },
    });
    return count === 1;
  }

  #open(user: UserRow, sealed: string): Buffer {
    const secret = this.#keys.open(user.id, sealed);
    if (secret === null) throw tampered("user", user.id);
    return secret;
  }
}

/** How many recovery codes of a person still work. */
export function recoveryCodesLeft(db: Db, userId: string): Promise<number> {
  return db.recoveryCode.count({ where: { userId, usedAt: null } });
}

export function wrongCode(): CofferError {
  return new CofferError(
    "wrong_code",
    "This code is not right, or was used already. Wait for the next one, or use a recovery code.",
    { details: { errors: [{ pointer: "/code", message: "is not right, or was used already" }] } },
  );
}

/** Apps show a code in two groups, and people type it so. */
function spoken(code: string): string {
  return code.replaceAll(" ", "");
}
