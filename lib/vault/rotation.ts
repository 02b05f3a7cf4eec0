import { CofferError } from "../errors";
import type { Db } from "../store/store";
import type { Door } from "./door";
import type { SecretRow } from "./secret-row";
import type { Describe } from "./vault";

const DAY_MS = 24 * 60 * 60 * 1000;

/** When a value that was put in `since` is to be rotated; null where no period was chosen. */
export function rotateDueAt(since: Date, rotateEveryDays: number | null): Date | null {
  return rotateEveryDays === null ? null : new Date(since.getTime() + rotateEveryDays * DAY_MS);
}

/**
 * The column for what `changes` make of a secret's period: it runs from the making of the version that is
 * current, which may be an older one that was activated.
 */
export async function changedDueDate(
  tx: Db,
  secret: SecretRow,
  { rotateEveryDays }: Describe,
): Promise<{ rotateDueAt?: Date | null }> {
  if (rotateEveryDays === undefined) return {};
  const current = await tx.secretVersion.findUnique({
    where: { secretId_version: { secretId: secret.id, version: secret.currentVersion } },
    select: { createdAt: true },
  });
  return { rotateDueAt: rotateDueAt(current?.createdAt ?? secret.rotatedAt, rotateEveryDays) };
}

/**
 * Refuses an expiry that has come already: configs would fail at once. What a secret has already may stay, so
 * that one that has expired can still be changed otherwise.
 * @throws CofferError `invalid_request`
 */
export function requireFutureExpiry(door: Door, { expiresAt }: Describe, old?: SecretRow): void {
  if (expiresAt === undefined || expiresAt === null) return;
  const at = Date.parse(expiresAt);
  if (at > door.now().getTime() || at === old?.expiresAt?.getTime()) return;
  throw new CofferError(
    "invalid_request",
    "The expiry is not in the future, so every config that refers to the secret would fail at once. Choose a later time, or null for none.",
    { details: { errors: [{ pointer: "/expiresAt", message: "must be in the future" }] } },
  );
}
