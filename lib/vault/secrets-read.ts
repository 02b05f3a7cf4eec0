import type { Caller } from "../access/caller";
import { may } from "../access/may";
import { compileRules, readRules } from "../access/rules";
import { CofferError } from "../errors";
import { isName } from "../name";
import { countAttention, findSecretIds, hasLostValues } from "../store/secret-search";
import { findTags } from "../store/secret-tags";
import type { Page, SecretInfo, UseInfo } from "../shapes";
import { demand, recordable, type Attempt, type Door } from "./door";
import { environmentFor, type EnvironmentRow } from "./environments";
import type { MacRow } from "./rows";
import {
  lastUses,
  requireSecret,
  secretInfo,
  secretInfoOf,
  versionInfo,
  type SecretRow,
} from "./secret-row";
import { lastNames } from "./service-names";
import type { UseCounter } from "./uses";
import type { ListQuery, SecretPlace, Secrets } from "./vault";

const DEFAULT_LIMIT = 100;
/** As many tags as anybody would look through to choose one. */
const TAGS_LIMIT = 500;

/** Reading about secrets: names, versions and uses; never a value. */
export function readFunctions(
  door: Door,
  uses: UseCounter,
): Pick<Secrets, "list" | "attention" | "tags" | "get" | "versions" | "uses"> {
  const { db } = door.store;
  /** Asked once: a reset is refused while this process runs. */
  let lost: boolean | undefined;
  const mayHaveLost = async () => (lost ??= await hasLostValues(db));

  function attempt(place: SecretPlace): Attempt {
    return {
      action: "secrets.list",
      environment: place.environment,
      target: recordable(place.name),
    };
  }

  /** An environment, once the caller is somebody who sees every name in it. */
  async function listableWhole(caller: Caller, slug: string | undefined): Promise<EnvironmentRow> {
    const environment = await environmentFor(door, db, caller, slug);
    demand(caller, "secrets.list", { environment });
    if (caller.kind !== "user") throw new CofferError("forbidden", "This is for people.");
    return environment;
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

    attention: (caller, slug) =>
      door.read(caller, { action: "secrets.list", environment: slug }, async () => {
        const environment = await listableWhole(caller, slug);
        const answer = await countAttention(db, environment.id, door.now(), await mayHaveLost());
        return { answer, environment: environment.slug };
      }),

    tags: (caller, slug, state) =>
      door.read(caller, { action: "secrets.list", environment: slug }, async () => {
        const environment = await listableWhole(caller, slug);
        const answer = await findTags(db, environment.id, state, TAGS_LIMIT);
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
        const answer = rows.map((row) => versionInfo(secret, row));
        return { answer, environment: environment.slug, target: secret.name };
      }),

    uses: (caller, place) =>
      door.read(caller, attempt(place), async () => {
        const environment = await listable(caller, place);
        const secret = await requireSecret(db, environment, place.name);
        const answer = await usesOf(door, secret);
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
    attention: query.attention,
    now: door.now(),
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

async function usesOf(door: Door, secret: SecretRow): Promise<UseInfo[]> {
  const { db } = door.store;
  const groups = await db.secretUse.groupBy({
    by: ["serviceId"],
    where: { secretId: secret.id },
    _min: { firstAt: true },
    _max: { lastAt: true },
    _sum: { count: true },
  });
  const ids = groups.map(({ serviceId }) => serviceId);
  const services = await db.service.findMany({ where: { id: { in: ids } } });
  const names = await lastNames(db, ids);
  const days = await usesByDay(door, secret.id);
  const byId = new Map(services.map((service) => [service.id, service]));
  return groups
    .map(({ serviceId, _min, _max, _sum }): UseInfo => ({
      service: {
        ...{ id: serviceId, name: byId.get(serviceId)?.name ?? names.get(serviceId) ?? "" },
        deleted: !byId.has(serviceId),
      },
      mayPin: mayPin(door, byId.get(serviceId), secret.nameKey),
      firstUsedAt: _min.firstAt?.toISOString() ?? "",
      lastUsedAt: _max.lastAt?.toISOString() ?? "",
      count: _sum.count ?? 0,
      days: days.get(serviceId) ?? Array.from({ length: DAYS }, () => 0),
    }))
    .sort((a, b) => b.lastUsedAt.localeCompare(a.lastUsedAt));
}

/** Days that uses are told of one by one. */
const DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

/** How often each service read a secret on each of the last days. */
async function usesByDay(door: Door, secretId: string): Promise<Map<string, number[]>> {
  const today = door.now().getTime();
  const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
  const days = Array.from({ length: DAYS }, (_, at) => dayOf(today - (DAYS - 1 - at) * DAY_MS));
  const rows = await door.store.db.secretUse.findMany({
    where: { secretId, day: { gte: days[0] ?? "" } },
  });
  const found = new Map<string, number[]>();
  for (const { serviceId, day, count } of rows) {
    const counts = found.get(serviceId) ?? days.map(() => 0);
    const at = days.indexOf(day);
    if (at !== -1) counts[at] = count;
    found.set(serviceId, counts);
  }
  return found;
}

/** Whether the service may resolve other versions of that name than the current one. */
function mayPin(
  { rows }: Door,
  service: (MacRow<"service"> & { rules: string }) | undefined,
  nameKey: string,
): boolean {
  if (service?.disabledAt !== null || !rows.isIntact("service", service)) return false;
  return compileRules(readRules(service.rules)).some(
    ({ actions, versions, matches }) =>
      actions.has("resolve") && versions === "any" && matches(nameKey),
  );
}
