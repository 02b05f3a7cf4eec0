import { OPERATOR } from "../access/caller";
import { may } from "../access/may";
import { compileRules, readRules } from "../access/rules";
import { CofferError } from "../errors";
import { isName, nameKeyOf } from "../name";
import type { ReadersReport } from "../shapes";
import { readGroups } from "../store/reader-rows";
import type { Db } from "../store/store";
import { demand, recordable, recordableId, type Door } from "./door";
import { environmentFor, type EnvironmentRow } from "./environments";
import { ReaderTally, type CountedUse, type Standing } from "./reader-tally";
import { findSecret } from "./secret-row";
import { lastNames } from "./service-names";
import { findServices, serviceCaller, tokenInfo } from "./service-row";
import type { UseCounter } from "./uses";
import type { Incidents } from "./vault";

/** Who read a secret, from the audit record; and from the count of uses what that no longer tells. */
export function readerFunctions(door: Door, uses: UseCounter): Pick<Incidents, "readers"> {
  const { db } = door.store;
  return {
    readers: (caller, place, since, incident) => {
      const attempt = {
        action: "incidents.look",
        environment: place.environment,
        target: recordable(place.name),
      };
      return door.read(caller, attempt, async () => {
        demand(caller, "incidents.look");
        const environment = await environmentFor(door, db, caller, place.environment);
        const secret = await knownSecret(db, environment, place.name);
        const from = pastTime(since, door.now());
        const id = incident && (await incidentOf(db, environment, secret.nameKey, incident));
        await uses.flush();
        const answer = await reportOf(door, environment, secret, from);
        const target = secret.name;
        return { answer, environment: environment.slug, target, ...(id && { incident: id }) };
      });
    },
  };
}

/** A secret's name, also when it was purged. `id` is null then. @throws CofferError `not_found` */
export async function knownSecret(
  db: Db,
  environment: EnvironmentRow,
  name: string,
): Promise<{ id: string | null; name: string; nameKey: string }> {
  const row = await findSecret(db, environment, name);
  if (row) return row;
  const nameKey = nameKeyOf(name);
  const key = { environmentId: environment.id, nameKey };
  const purged = isName(name)
    ? await db.purgedName.findUnique({ where: { environmentId_nameKey: key } })
    : null;
  if (purged) return { id: null, name, nameKey };
  throw new CofferError("not_found", "There is no secret of that name in this environment.");
}

/** @throws CofferError `invalid_request` for a time in the future */
export function pastTime(text: string, now: Date): Date {
  const time = new Date(text);
  if (time <= now) return time;
  throw new CofferError("invalid_request", "Choose a time in the past to look back to.", {
    details: { errors: [{ pointer: "/since", message: "must be in the past" }] },
  });
}

/** The id, if it is of an incident of that secret. @throws CofferError `not_found` */
async function incidentOf(
  db: Db,
  environment: EnvironmentRow,
  nameKey: string,
  id: string,
): Promise<string> {
  const where = { id: recordableId(id) ?? "", environmentId: environment.id, nameKey };
  if (await db.incident.findFirst({ where })) return id;
  throw new CofferError("not_found", "This secret has no such incident.");
}

async function reportOf(
  door: Door,
  environment: EnvironmentRow,
  { id, name, nameKey }: { id: string | null; name: string; nameKey: string },
  since: Date,
): Promise<ReadersReport> {
  const { db } = door.store;
  const until = door.now();
  const tally = new ReaderTally();
  const search = { environment: environment.slug, nameKey, since, until };
  let looked = 0;
  for await (const page of readGroups(db, search)) {
    for (const group of page.groups) tally.add(group);
    looked += page.looked;
  }
  const counted = id === null ? [] : await countedUses(db, id, since);
  return {
    ...{ name, environment: environment.slug, looked },
    ...{ since: since.toISOString(), until: until.toISOString() },
    readers: tally.readers(await standings(door, environment, name), counted),
    refusals: tally.refusals(),
  };
}

/** Every service of the environment, and whether it may read the secret now. */
async function standings(
  { store: { db }, rows, now }: Door,
  environment: EnvironmentRow,
  name: string,
): Promise<Standing[]> {
  const services = await findServices(db, { environmentId: environment.id });
  return services.map((row) => {
    const isRefused = row.disabledAt !== null || !rows.isIntact("service", row);
    const rules = isRefused ? [] : compileRules(readRules(row.rules));
    const caller = serviceCaller(row, rules, { tokenId: "", origin: OPERATOR.origin });
    return {
      service: { id: row.id, name: row.name },
      state: row.disabledAt === null ? "active" : "disabled",
      mayRead: may(caller, "secrets.resolve", { name }),
      mayReadOlder: may(caller, "secrets.resolve", { name, otherVersion: true }),
      tokens: row.tokens.map((token) => tokenInfo(token, now())),
    };
  });
}

/** When each service last read the secret, by the count of uses; and what it is called, or was. */
async function countedUses(db: Db, secretId: string, since: Date): Promise<CountedUse[]> {
  const groups = await db.secretUse.groupBy({
    by: ["serviceId"],
    where: { secretId, lastAt: { gte: since } },
    _max: { lastAt: true },
  });
  const names = await lastNames(
    db,
    groups.map(({ serviceId }) => serviceId),
  );
  return groups.flatMap(({ serviceId: id, _max: { lastAt } }) =>
    lastAt ? [{ service: { id, name: names.get(id) ?? "" }, lastAt }] : [],
  );
}
