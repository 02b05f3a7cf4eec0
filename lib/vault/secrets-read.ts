import type { Caller } from "../access/caller";
import { may } from "../access/may";
import { CofferError } from "../errors";
import { isName } from "../name";
import { findSecretIds } from "../store/secret-search";
import type { Page, SecretInfo, UseInfo, VersionInfo } from "../shapes";
import { demand, recordable, type Attempt, type Door } from "./door";
import { environmentFor, type EnvironmentRow } from "./environments";
import { lastUses, requireSecret, secretInfo, secretInfoOf } from "./secret-row";
import type { UseCounter } from "./uses";
import type { ListQuery, SecretPlace, Secrets } from "./vault";

const DEFAULT_LIMIT = 100;

/** Reading about secrets: names, versions and uses; never a value. */
export function readFunctions(
  door: Door,
  uses: UseCounter,
): Pick<Secrets, "list" | "get" | "versions" | "uses"> {
  const { db } = door.store;

  function attempt(place: SecretPlace): Attempt {
    return {
      action: "secrets.list",
      environment: place.environment,
      target: recordable(place.name),
    };
  }

  /** The environment of a place, once the caller may list that name there. */
  async function listable(caller: Caller, place: SecretPlace): Promise<EnvironmentRow> {
    const environment = await environmentFor(door, db, caller, place.environment);
    demand(caller, "secrets.list", { environment, name: place.name });
    await uses.flush();
    return environment;
  }

  return {
    list: (caller, query) =>
      door.read(caller, { action: "secrets.list", environment: query.environment }, async () => {
        const environment = await environmentFor(door, db, caller, query.environment);
        demand(caller, "secrets.list", { environment });
        await uses.flush();
        const answer = await listPage(door, caller, environment, query);
        return { answer, environment: environment.slug };
      }),

    get: (caller, place) =>
      door.read(caller, attempt(place), async () => {
        const environment = await listable(caller, place);
        const row = await requireSecret(db, environment, place.name);
        const answer = await secretInfoOf(door, db, row, environment);
        return { answer, environment: environment.slug, target: row.name };
      }),

    versions: (caller, place) =>
      door.read(caller, attempt(place), async () => {
        const environment = await listable(caller, place);
        const secret = await requireSecret(db, environment, place.name);
        const rows = await db.secretVersion.findMany({
          where: { secretId: secret.id },
          omit: { sealed: true },
          orderBy: { version: "desc" },
        });
        const answer = rows.map((row): VersionInfo => ({
          version: row.version,
          current: row.version === secret.currentVersion,
          createdAt: row.createdAt.toISOString(),
          createdBy: row.createdBy,
          destroyedAt: row.destroyedAt?.toISOString() ?? null,
        }));
        return { answer, environment: environment.slug, target: secret.name };
      }),

    uses: (caller, place) =>
      door.read(caller, attempt(place), async () => {
        const environment = await listable(caller, place);
        const secret = await requireSecret(db, environment, place.name);
        const answer = await usesOf(door, secret.id);
        return { answer, environment: environment.slug, target: secret.name };
      }),
  };
}

/** One page in order of names. A service sees only the names that its rules let it list. */
async function listPage(
  door: Door,
  caller: Caller,
  environment: EnvironmentRow,
  query: ListQuery,
): Promise<Page<SecretInfo>> {
  const { db } = door.store;
  const limit = query.limit ?? DEFAULT_LIMIT;
  const visible = (name: string) => may(caller, "secrets.list", { environment, name });
  const found = await findSecretIds(db, {
    environmentId: environment.id,
    state: query.state ?? "active",
    search: query.search?.toLowerCase(),
    tag: query.tag?.toLowerCase(),
    after: query.cursor === undefined ? undefined : cursorName(query.cursor),
    limit: limit + 1, // one more tells whether there is a next page
    visible,
  });
  const page = found.slice(0, limit);
  const ids = page.map(({ id }) => id);
  const [rows, used] = await Promise.all([
    db.secret.findMany({ where: { id: { in: ids } }, orderBy: { nameKey: "asc" } }),
    lastUses(db, ids),
  ]);
  const last = found.length > limit ? page[page.length - 1] : undefined;
  return {
    items: rows.map((row) => secretInfo(door, row, environment, used.get(row.id))),
    nextCursor: last ? Buffer.from(last.nameKey).toString("base64url") : null,
  };
}

/** A cursor is the name key that the last page ended with. */
function cursorName(cursor: string): string {
  const name = Buffer.from(cursor, "base64url").toString("latin1");
  if (isName(name)) return name;
  throw new CofferError("invalid_request", "The cursor is not one that Coffer gave out.");
}

async function usesOf(door: Door, secretId: string): Promise<UseInfo[]> {
  const { db } = door.store;
  const groups = await db.secretUse.groupBy({
    by: ["serviceId"],
    where: { secretId },
    _min: { firstAt: true },
    _max: { lastAt: true },
    _sum: { count: true },
  });
  const services = await db.service.findMany({
    where: { id: { in: groups.map(({ serviceId }) => serviceId) } },
    select: { id: true, name: true },
  });
  const names = new Map(services.map(({ id, name }) => [id, name]));
  return groups
    .map(({ serviceId, _min, _max, _sum }): UseInfo => ({
      service: { id: serviceId, name: names.get(serviceId) ?? "" },
      firstUsedAt: _min.firstAt?.toISOString() ?? "",
      lastUsedAt: _max.lastAt?.toISOString() ?? "",
      count: _sum.count ?? 0,
    }))
    .sort((a, b) => b.lastUsedAt.localeCompare(a.lastUsedAt));
}
