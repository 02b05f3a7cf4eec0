import type { EnvironmentInfo, EnvironmentSummary } from "../shapes";
import type { Db } from "../store/store";

type Counts = Omit<EnvironmentSummary, keyof EnvironmentInfo>;

/** How much environments hold, by their ids. One that holds nothing is not in it. */
export type Contents = ReadonlyMap<string, Counts>;

const NOTHING: Counts = { secrets: 0, trashed: 0, services: 0 };

/** Counts what the environments hold. */
export async function contentsOf(db: Db, rows: readonly { id: string }[]): Promise<Contents> {
  const where = { environmentId: { in: rows.map(({ id }) => id) } };
  const secrets = await db.secret.groupBy({
    by: ["environmentId"],
    where,
    _count: { _all: true, deletedAt: true },
  });
  const services = await db.service.groupBy({ by: ["environmentId"], where, _count: true });
  const contents = new Map<string, Counts>();
  for (const { environmentId, _count: count } of secrets) {
    const trashed = count.deletedAt;
    contents.set(environmentId, { ...NOTHING, secrets: count._all - trashed, trashed });
  }
  for (const { environmentId, _count: count } of services) {
    contents.set(environmentId, {
      ...(contents.get(environmentId) ?? NOTHING),
      services: count,
    });
  }
  return contents;
}

/** A row as Coffer tells of it on every page. */
export function environmentInfo(row: EnvironmentInfo): EnvironmentInfo {
  return { slug: row.slug, name: row.name, protected: row.protected };
}

/** A row as Coffer tells of it, with what it holds. */
export function summaryOf(
  row: EnvironmentInfo & { id: string },
  contents: Contents,
): EnvironmentSummary {
  return { ...environmentInfo(row), ...(contents.get(row.id) ?? NOTHING) };
}
