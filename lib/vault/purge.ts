import type { Db } from "../store/store";

/** What must be known of a secret to purge it. */
interface Purgeable {
  id: string;
  environmentId: string;
  nameKey: string;
  highestVersion: number;
}

/**
 * Erases a secret with all its versions, and keeps the highest number that it has used, so that none is used
 * again for its name. To be followed by `store.scrubLog` once it is durable.
 */
export async function purgeSecret(tx: Db, secret: Purgeable): Promise<void> {
  const { environmentId, nameKey } = secret;
  const highestVersion = Math.max(
    secret.highestVersion,
    await highestEver(tx, environmentId, nameKey),
  );
  await tx.purgedName.upsert({
    where: { environmentId_nameKey: { environmentId, nameKey } },
    create: { environmentId, nameKey, highestVersion },
    update: { highestVersion },
  });
  await tx.secret.delete({ where: { id: secret.id } });
}

/** The highest version number that the name had when it was last purged; 0 if it never was. */
export async function highestEver(tx: Db, environmentId: string, nameKey: string): Promise<number> {
  const purged = await tx.purgedName.findUnique({
    where: { environmentId_nameKey: { environmentId, nameKey } },
  });
  return purged?.highestVersion ?? 0;
}
