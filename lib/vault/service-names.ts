import { CofferError } from "../errors";
import { nameKeyOf } from "../name";
import { lower } from "../store/record-filter";
import { sought } from "../store/sought";
import type { Db } from "../store/store";

/** Words that a service is looked for by: each is looked up for each step of a search. */
const MOST_WORDS = 1_000;

/** Notes that a service is called that from now on, so that it is known by it also once it has another name, or is deleted. */
export async function noteName(tx: Db, serviceId: string, name: string): Promise<void> {
  const { _max: last } = await tx.serviceName.aggregate({
    where: { serviceId },
    _max: { number: true },
  });
  const noted = { name, number: (last.number ?? 0) + 1 };
  const key = { serviceId, nameKey: nameKeyOf(name) };
  await tx.serviceName.upsert({
    where: { serviceId_nameKey: key },
    create: { ...key, ...noted },
    update: noted,
  });
}

/** What each of the services is called, or was when it was deleted, by id. */
export async function lastNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.serviceName.findMany({
    where: { serviceId: { in: [...ids] } },
    orderBy: { number: "asc" },
  });
  return new Map(rows.map(({ serviceId, name }) => [serviceId, name]));
}

/**
 * What is on record of a service stands under these words: its id, and all names that it has had. Looked for by a name, it is
 * every service that has had the name.
 * @throws CofferError `invalid_request` for a name that too many have had
 */
export async function wordsOfService(db: Db, idOrName: string): Promise<string[]> {
  const known = await db.serviceName.findMany({
    where: { OR: [{ serviceId: sought(idOrName) }, { nameKey: sought(lower(idOrName)) }] },
    take: MOST_WORDS,
  });
  const ids = [...new Set(known.map(({ serviceId }) => serviceId))];
  const names = await db.serviceName.findMany({ where: { serviceId: { in: ids } } });
  const words = new Set([idOrName, ...ids, ...names.map(({ nameKey }) => nameKey)].map(lower));
  if (words.size <= MOST_WORDS) return [...words];
  throw new CofferError(
    "invalid_request",
    "Too many services have had this name to be looked for together. Look for one of them by its id, or for what they did by `actor`.",
  );
}
