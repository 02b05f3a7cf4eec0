import { randomUUID } from "node:crypto";
import { actorName } from "../audit/event";
import type { Keyring } from "../crypto/keyring";
import { CofferError } from "../errors";
import { nameKeyOf, requireName } from "../name";
import { isUniqueViolation, type Db } from "../store/store";
import { demand, type Door } from "./door";
import type { EnvironmentRow } from "./environments";
import { placeChanger } from "./place-change";
import { highestEver, purgeSecret } from "./purge";
import { changedDueDate, requireFutureExpiry, rotateDueAt } from "./rotation";
import {
  describedColumns,
  findSecret,
  requireIntactSecret,
  requireLiveSecret,
  requireSecret,
  secretInfo,
  secretInfoOf,
  type SecretRow,
} from "./secret-row";
import { purgeTime, trashMoment } from "./trash-sweep";
import { valueBytes } from "./value";
import type { Secrets } from "./vault";

/** Changes to a secret as a whole. What makes or changes a version is in versions.ts. */
export function changeFunctions(
  door: Door,
  keyring: Keyring,
): Pick<Secrets, "create" | "describe" | "trash" | "restore" | "purge"> {
  const change = placeChanger(door);

  return {
    create: async (caller, place, value, describe, { purgeTrashed = false } = {}) => {
      const created = await change(caller, "secrets.create", place, async (tx, environment) => {
        const name = requireName(place.name);
        const bytes = valueBytes(value);
        requireFutureExpiry(door, describe);
        const inTrash = await findTrashed(tx, environment, name);
        if (inTrash) {
          if (!purgeTrashed) throw inTheTrash(door, inTrash);
          demand(caller, "secrets.purge", { environment, name });
          await purgeSecret(tx, inTrash);
        }
        const id = randomUUID();
        const nameKey = nameKeyOf(name);
        const version = (await highestEver(tx, environment.id, nameKey)) + 1;
        const at = door.now();
        const by = actorName(caller);
        const sealed = keyring.seal(
          { environmentId: environment.id, nameKey, secretId: id, version },
          bytes,
        );
        const row = await tx.secret
          .create({
            data: door.rows.sealed("secret", {
              id,
              environmentId: environment.id,
              name,
              nameKey,
              ...describedColumns(name, describe),
              currentVersion: version,
              highestVersion: version,
              createdAt: at,
              createdBy: by,
              rotatedAt: at,
              rotatedBy: by,
              rotateDueAt: rotateDueAt(at, describe.rotateEveryDays ?? null),
              deletedAt: null,
              versions: { create: { version, sealed, createdAt: at, createdBy: by } },
            }),
          })
          .catch((error: unknown) => {
            throw isUniqueViolation(error) ? taken(name) : error;
          });
        const answer = secretInfo(door, row, environment, undefined);
        const besides = inTrash ? [{ action: "secrets.purge", target: inTrash.name }] : [];
        return {
          answer: { answer, isPurged: inTrash !== null },
          names: [[name, version]],
          besides,
        };
      });
      if (created.isPurged) await door.store.scrubLog();
      return created.answer;
    },

    describe: (caller, place, changes) =>
      change(caller, "secrets.describe", place, async (tx, environment) => {
        const old = await requireLiveSecret(door, tx, environment, place.name);
        requireFutureExpiry(door, changes, old);
        const row = await tx.secret.update({
          where: { id: old.id },
          data: door.rows.changed("secret", old, {
            ...describedColumns(old.name, changes, old),
            ...(await changedDueDate(tx, old, changes)),
          }),
        });
        return { answer: await secretInfoOf(door, tx, row, environment), target: row.name };
      }),

    trash: (caller, place) =>
      change(caller, "secrets.trash", place, async (tx, environment) => {
        const row = await requireLiveSecret(door, tx, environment, place.name);
        await tx.secret.update({
          where: { id: row.id },
          data: {
            ...door.rows.changed("secret", row, await trashMoment(door, tx)),
            deletedBy: actorName(caller),
          },
        });
        return { answer: undefined, target: row.name };
      }),

    restore: (caller, place) =>
      change(caller, "secrets.restore", place, async (tx, environment) => {
        const old = await requireIntactSecret(door, tx, environment, place.name);
        const row = await tx.secret.update({
          where: { id: old.id },
          data: { ...door.rows.changed("secret", old, { deletedAt: null }), deletedBy: null },
        });
        return { answer: await secretInfoOf(door, tx, row, environment), target: row.name };
      }),

    purge: async (caller, place) => {
      await change(caller, "secrets.purge", place, async (tx, environment) => {
        const row = await requireSecret(tx, environment, place.name);
        await purgeSecret(tx, row);
        return { answer: undefined, target: row.name };
      });
      await door.store.scrubLog();
    },
  };
}

/** The secret in the trash that has the name, if there is one. @throws CofferError `already_exists` */
async function findTrashed(
  tx: Db,
  environment: EnvironmentRow,
  name: string,
): Promise<SecretRow | null> {
  const row = await findSecret(tx, environment, name);
  if (row?.deletedAt === null) throw taken(row.name);
  return row;
}

function inTheTrash({ trashDays }: Door, { name, deletedAt }: SecretRow): CofferError {
  const until = deletedAt && purgeTime(deletedAt, trashDays).toISOString();
  return new CofferError(
    "in_trash",
    `A secret named ${name} is in the trash, so the name is taken. Restore it (POST …/secrets/${name}/restore), or send purgeTrashed: true to purge it for good and create this one.`,
    { details: { name, purgeAt: until } },
  );
}

function taken(name: string): CofferError {
  return new CofferError(
    "already_exists",
    `A secret named ${name} exists already. Names are compared without regard to case. Rotate it to change its value.`,
    { details: { name } },
  );
}
