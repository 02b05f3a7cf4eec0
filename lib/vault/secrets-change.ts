import { randomUUID } from "node:crypto";
import { actorName } from "../audit/event";
import type { Keyring } from "../crypto/keyring";
import { CofferError } from "../errors";
import { nameKeyOf, requireName } from "../name";
import { isUniqueViolation, type Db } from "../store/store";
import type { Door } from "./door";
import type { EnvironmentRow } from "./environments";
import { placeChanger } from "./place-change";
import {
  describedColumns,
  findSecret,
  requireIntactSecret,
  requireLiveSecret,
  requireSecret,
  secretInfo,
  secretInfoOf,
} from "./secret-row";
import { valueBytes } from "./value";
import type { Secrets } from "./vault";

/** Changes to a secret as a whole. What makes or changes a version is in versions.ts. */
export function changeFunctions(
  door: Door,
  keyring: Keyring,
): Pick<Secrets, "create" | "describe" | "trash" | "restore" | "purge"> {
  const change = placeChanger(door);

  return {
    create: (caller, place, value, describe) =>
      change(caller, "secrets.create", place, async (tx, environment) => {
        const name = requireName(place.name);
        const bytes = valueBytes(value);
        await requireFree(tx, environment, name);
        const id = randomUUID();
        const nameKey = nameKeyOf(name);
        const version = (await highestEver(tx, environment, nameKey)) + 1;
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
              deletedAt: null,
              versions: { create: { version, sealed, createdAt: at, createdBy: by } },
            }),
          })
          .catch((error: unknown) => {
            throw isUniqueViolation(error) ? taken(name) : error;
          });
        return { answer: secretInfo(door, row, environment, undefined), names: [[name, version]] };
      }),

    describe: (caller, place, changes) =>
      change(caller, "secrets.describe", place, async (tx, environment) => {
        const old = await requireLiveSecret(door, tx, environment, place.name);
        const row = await tx.secret.update({
          where: { id: old.id },
          data: door.rows.changed("secret", old, describedColumns(old.name, changes, old)),
        });
        return { answer: await secretInfoOf(door, tx, row, environment), target: row.name };
      }),

    trash: (caller, place) =>
      change(caller, "secrets.trash", place, async (tx, environment) => {
        const row = await requireLiveSecret(door, tx, environment, place.name);
        await tx.secret.update({
          where: { id: row.id },
          data: {
            ...door.rows.changed("secret", row, { deletedAt: door.now() }),
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
        const key = { environmentId: environment.id, nameKey: row.nameKey };
        const { highestVersion } = row;
        await tx.purgedName.upsert({
          where: { environmentId_nameKey: key },
          create: { ...key, highestVersion },
          update: { highestVersion },
        });
        await tx.secret.delete({ where: { id: row.id } });
        return { answer: undefined, target: row.name };
      });
      await door.store.scrubLog();
    },
  };
}

async function requireFree(tx: Db, environment: EnvironmentRow, name: string): Promise<void> {
  const row = await findSecret(tx, environment, name);
  if (!row) return;
  if (row.deletedAt !== null) {
    throw new CofferError(
      "in_trash",
      `A secret named ${row.name} is in the trash. Restore it, or purge it to use the name again.`,
      { details: { name: row.name } },
    );
  }
  throw taken(row.name);
}

function taken(name: string): CofferError {
  return new CofferError(
    "already_exists",
    `A secret named ${name} exists already. Names are compared without regard to case. Rotate it to change its value.`,
    { details: { name } },
  );
}

/** The highest version number that the name has ever had, also before it was purged. */
async function highestEver(tx: Db, environment: EnvironmentRow, nameKey: string): Promise<number> {
  const purged = await tx.purgedName.findUnique({
    where: { environmentId_nameKey: { environmentId: environment.id, nameKey } },
  });
  return purged?.highestVersion ?? 0;
}
