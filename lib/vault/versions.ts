import { actorName } from "../audit/event";
import type { Keyring } from "../crypto/keyring";
import { LOST } from "../crypto/sealed-key";
import { CofferError } from "../errors";
import type { Db } from "../store/store";
import type { Door } from "./door";
import { placeChanger } from "./place-change";
import { rotateDueAt } from "./rotation";
import { requireLiveSecret, requireSecret, secretInfoOf, type SecretRow } from "./secret-row";
import { valueBytes } from "./value";
import type { Secrets } from "./vault";

/** Making, choosing and destroying versions. */
export function versionFunctions(
  door: Door,
  keyring: Keyring,
): Pick<Secrets, "rotate" | "activate" | "destroyVersion"> {
  const change = placeChanger(door);
  return {
    rotate: (caller, place, value, expectedVersion) =>
      change(caller, "secrets.rotate", place, async (tx, environment) => {
        const bytes = valueBytes(value);
        const secret = await requireLiveSecret(door, tx, environment, place.name);
        requireExpected(secret, expectedVersion);
        const version = secret.highestVersion + 1;
        const at = door.now();
        const by = actorName(caller);
        const { environmentId, nameKey } = secret;
        const sealed = keyring.seal(
          { environmentId, nameKey, secretId: secret.id, version },
          bytes,
        );
        await tx.secretVersion.create({
          data: { secretId: secret.id, version, sealed, createdAt: at, createdBy: by },
        });
        const row = await tx.secret.update({
          where: { id: secret.id },
          data: door.rows.changed("secret", secret, {
            currentVersion: version,
            highestVersion: version,
            rotatedAt: at,
            rotatedBy: by,
            rotateDueAt: rotateDueAt(at, secret.rotateEveryDays),
          }),
        });
        const answer = await secretInfoOf(door, tx, row, environment);
        return { answer, target: row.name, names: [[row.name, version]] };
      }),

    activate: (caller, place, version, expectedVersion) =>
      change(caller, "secrets.activate", place, async (tx, environment) => {
        const secret = await requireLiveSecret(door, tx, environment, place.name);
        requireExpected(secret, expectedVersion);
        const { destroyedAt, createdAt, sealed } = await requireVersion(tx, secret, version);
        if (sealed === LOST) {
          throw new CofferError(
            "version_lost",
            `The value of version ${String(version)} was lost with the key. Choose another version, or rotate.`,
          );
        }
        if (destroyedAt !== null) {
          throw new CofferError(
            "version_destroyed",
            `Version ${String(version)} was destroyed. Choose another version, or rotate.`,
          );
        }
        const row = await tx.secret.update({
          where: { id: secret.id },
          data: door.rows.changed("secret", secret, {
            currentVersion: version,
            rotateDueAt: rotateDueAt(createdAt, secret.rotateEveryDays),
          }),
        });
        const answer = await secretInfoOf(door, tx, row, environment);
        return { answer, target: row.name, names: [[row.name, version]] };
      }),

    destroyVersion: async (caller, place, version) => {
      await change(caller, "secrets.destroy", place, async (tx, environment) => {
        const secret = await requireSecret(tx, environment, place.name);
        const { destroyedAt } = await requireVersion(tx, secret, version);
        if (version === secret.currentVersion) {
          throw new CofferError(
            "version_conflict",
            `Version ${String(version)} is the current one. Rotate or activate another version first.`,
          );
        }
        if (destroyedAt === null) {
          await tx.secretVersion.update({
            where: { secretId_version: { secretId: secret.id, version } },
            data: { sealed: null, destroyedAt: door.now(), destroyedBy: actorName(caller) },
          });
        }
        return { answer: undefined, target: secret.name, names: [[secret.name, version]] };
      });
      await door.store.scrubLog();
    },
  };
}

/** Refuses a change that was decided on by looking at another version than the current one. */
function requireExpected(secret: SecretRow, expected: number | undefined): void {
  if (expected === undefined || expected === secret.currentVersion) return;
  throw new CofferError(
    "version_conflict",
    `${secret.name} is at version ${String(secret.currentVersion)} now, rotated by ${secret.rotatedBy}. Look at it again first.`,
    { details: { currentVersion: secret.currentVersion } },
  );
}

async function requireVersion(
  tx: Db,
  secret: SecretRow,
  version: number,
): Promise<{ createdAt: Date; destroyedAt: Date | null; sealed: string | null }> {
  const row = await tx.secretVersion.findUnique({
    where: { secretId_version: { secretId: secret.id, version } },
    select: { createdAt: true, destroyedAt: true, sealed: true },
  });
  if (row) return row;
  throw new CofferError("not_found", `${secret.name} has no version ${String(version)}.`);
}
