import type { SecretInfo, UseInfo, VersionInfo } from "../shapes";
import { demand, type Door } from "./door";
import { environmentFor, type EnvironmentRow } from "./environments";
import { secretInfo, versionInfo, type SecretRow } from "./secret-row";
import { lastNames } from "./service-names";
import type { UseCounter } from "./uses";
import type { Imports } from "./vault";

/** All that is known of a secret, and no value. */
export interface ExportedSecret extends SecretInfo {
  versions: VersionInfo[];
  uses: Omit<UseInfo, "mayPin" | "days">[];
}

/** Secrets read at once: a hundred thousand are never in memory together. */
const AT_ONCE = 500;

/** Writes what is known of an environment's secrets, those in the trash too, into a file, piece by piece. */
export function exportFunction(door: Door, uses: UseCounter): Imports["exported"] {
  return (caller, { environment: slug, format }) =>
    door.read(caller, { action: "secrets.export", environment: slug }, async () => {
      const environment = await environmentFor(door, door.store.db, caller, slug);
      demand(caller, "secrets.export", { environment });
      await uses.flush();
      const day = door.now().toISOString().slice(0, 10);
      const all = secretsOf(door, environment);
      const answer = {
        mediaType: format === "csv" ? "text/csv" : "application/json",
        fileName: `coffer-${environment.slug}-${day}.${format}`,
        pieces: format === "csv" ? csv(all) : json(environment, door.now(), all),
      };
      return { answer, environment: environment.slug };
    });
}

/** Every secret of the environment in order of names, some at a time. */
async function* secretsOf(
  door: Door,
  environment: EnvironmentRow,
): AsyncGenerator<ExportedSecret[]> {
  const { db } = door.store;
  let after: string | undefined;
  for (;;) {
    const rows: SecretRow[] = await db.secret.findMany({
      where: {
        environmentId: environment.id,
        ...(after !== undefined && { nameKey: { gt: after } }),
      },
      ...{ orderBy: { nameKey: "asc" }, take: AT_ONCE },
    });
    if (rows.length > 0) yield await exported(door, environment, rows);
    after = rows.at(-1)?.nameKey;
    if (rows.length < AT_ONCE) return;
  }
}

async function exported(
  door: Door,
  environment: EnvironmentRow,
  rows: readonly SecretRow[],
): Promise<ExportedSecret[]> {
  const { db } = door.store;
  const secretId = { in: rows.map(({ id }) => id) };
  const [versions, groups] = await Promise.all([
    db.secretVersion.findMany({
      ...{ where: { secretId }, omit: { sealed: true }, orderBy: { version: "asc" } },
    }),
    db.secretUse.groupBy({
      by: ["secretId", "serviceId"],
      where: { secretId },
      _min: { firstAt: true },
      _max: { lastAt: true },
      _sum: { count: true },
    }),
  ]);
  const services = await db.service.findMany({
    where: { environmentId: environment.id },
    select: { id: true, name: true },
  });
  const live = new Map(services.map(({ id, name }) => [id, name]));
  const used = new Set(groups.map(({ serviceId }) => serviceId));
  const names = await lastNames(
    db,
    [...used].filter((id) => !live.has(id)),
  );
  const versionsOf = bySecret(versions);
  const usesOf = bySecret(groups);
  return rows.map((row) => {
    const uses = usesOf.get(row.id) ?? [];
    const last = uses.map(({ _max }) => _max.lastAt?.getTime() ?? 0);
    const lastUsedAt = last.length > 0 ? new Date(Math.max(...last)) : undefined;
    return {
      ...secretInfo(door, row, environment, lastUsedAt),
      versions: (versionsOf.get(row.id) ?? []).map((version) => versionInfo(row, version)),
      uses: uses.map(({ serviceId, _min, _max, _sum }) => ({
        service: {
          ...{ id: serviceId, name: live.get(serviceId) ?? names.get(serviceId) ?? "" },
          deleted: !live.has(serviceId),
        },
        firstUsedAt: _min.firstAt?.toISOString() ?? "",
        lastUsedAt: _max.lastAt?.toISOString() ?? "",
        count: _sum.count ?? 0,
      })),
    };
  });
}

function bySecret<T extends { secretId: string }>(rows: readonly T[]): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const row of rows) {
    const list = found.get(row.secretId);
    if (list) list.push(row);
    else found.set(row.secretId, [row]);
  }
  return found;
}

async function* json(
  environment: EnvironmentRow,
  at: Date,
  all: AsyncIterable<ExportedSecret[]>,
): AsyncGenerator<string> {
  const head = JSON.stringify({ environment: environment.slug, exportedAt: at.toISOString() });
  yield `${head.slice(0, -1)},"secrets":[`;
  let isFirst = true;
  for await (const some of all) {
    const text = some.map((secret) => `\n${JSON.stringify(secret)}`).join(",");
    yield isFirst ? text : `,${text}`;
    isFirst = false;
  }
  yield "\n]}\n";
}

const COLUMNS: Record<string, (secret: ExportedSecret) => string | number | null> = {
  name: ({ name }) => name,
  environment: ({ environment }) => environment,
  description: ({ description }) => description,
  tags: ({ tags }) => tags.join(" "),
  state: ({ state }) => state,
  version: ({ version }) => version,
  versions: ({ versions }) => versions.length,
  createdAt: ({ createdAt }) => createdAt,
  createdBy: ({ createdBy }) => createdBy,
  rotatedAt: ({ rotatedAt }) => rotatedAt,
  rotatedBy: ({ rotatedBy }) => rotatedBy,
  rotateEveryDays: ({ rotateEveryDays }) => rotateEveryDays,
  expiresAt: ({ expiresAt }) => expiresAt,
  lastUsedAt: ({ lastUsedAt }) => lastUsedAt,
  reads: ({ uses }) => uses.reduce((sum, { count }) => sum + count, 0),
  readBy: ({ uses }) => uses.map(({ service }) => service.name).join(" "),
};

/** RFC 4180. */
async function* csv(all: AsyncIterable<ExportedSecret[]>): AsyncGenerator<string> {
  yield `${Object.keys(COLUMNS).join(",")}\r\n`;
  for await (const some of all) {
    yield some
      .map(
        (secret) =>
          `${Object.values(COLUMNS)
            .map((of) => cell(of(secret)))
            .join(",")}\r\n`,
      )
      .join("");
  }
}

/**
 * Where a cell begins like a formula: at the start, and behind what another program may take for the separator. It then
 * pays no heed to quotes in the middle of what is a cell to it, and takes those at its beginning away.
 */
const FORMULA = /^(?=[\t\r\n])|(?<=^|[;|\t\r\n])(?=[\p{Zs}"']*[=+\-@\uff1d\uff0b\uff0d\uff20])/gu;

/**
 * A cell of which no spreadsheet makes a formula (OWASP, CSV injection), by whatever separator it takes the file apart: what
 * starts like one gets a quote mark before.
 */
export function cell(value: string | number | null): string {
  if (value === null) return "";
  const safe = String(value).replace(FORMULA, "'");
  return /[",;|\t\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
