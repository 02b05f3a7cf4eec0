import { CofferError } from "../errors";
import { isName, nameKeyOf } from "../name";
import type { SecretInfo, VersionInfo } from "../shapes";
import type { Db } from "../store/store";
import { storedList } from "../stored-list";
import type { Door } from "./door";
import type { EnvironmentRow } from "./environments";
import { purgeTime } from "./trash-sweep";
import type { Describe } from "./vault";

/** A secret as the store keeps it, without any ciphertext. */
export interface SecretRow {
  id: string;
  environmentId: string;
  name: string;
  nameKey: string;
  description: string;
  tags: string;
  currentVersion: number;
  highestVersion: number;
  /** Versions up to this one were lost with a keyring of before, and 0 where none was. */
  lostVersion: number;
  expiresAt: Date | null;
  rotateEveryDays: number | null;
  rotateDueAt: Date | null;
  createdAt: Date;
  createdBy: string;
  rotatedAt: Date;
  rotatedBy: string;
  deletedAt: Date | null;
  mac: string;
}

/**
 * The secret of that name, in any case and state, or null. A text that is no legal name names nothing, also
 * where lower-casing would make it one: U+212A, the kelvin sign, becomes `k`.
 */
export async function findSecret(
  db: Db,
  environment: EnvironmentRow,
  name: string,
): Promise<SecretRow | null> {
  if (!isName(name)) return null;
  return db.secret.findUnique({
    where: {
      environmentId_nameKey: { environmentId: environment.id, nameKey: nameKeyOf(name) },
    },
  });
}

/** @throws CofferError `not_found` */
export async function requireSecret(
  db: Db,
  environment: EnvironmentRow,
  name: string,
): Promise<SecretRow> {
  const row = await findSecret(db, environment, name);
  if (row) return row;
  throw new CofferError("not_found", "There is no secret of that name in this environment.");
}

/** A secret that may be changed: as Coffer wrote it. @throws CofferError `not_found`, `tampered` */
export async function requireIntactSecret(
  { rows }: Door,
  db: Db,
  environment: EnvironmentRow,
  name: string,
): Promise<SecretRow> {
  return rows.checked("secret", await requireSecret(db, environment, name));
}

/** @throws CofferError `not_found`, `tampered`, `in_trash` */
export async function requireLiveSecret(
  door: Door,
  db: Db,
  environment: EnvironmentRow,
  name: string,
): Promise<SecretRow> {
  const row = await requireIntactSecret(door, db, environment, name);
  if (row.deletedAt === null) return row;
  throw new CofferError("in_trash", `${row.name} is in the trash. Restore it first.`);
}

/** When each of the secrets was last resolved. */
export async function lastUses(db: Db, ids: readonly string[]): Promise<Map<string, Date>> {
  if (ids.length === 0) return new Map();
  const groups = await db.secretUse.groupBy({
    by: ["secretId"],
    where: { secretId: { in: [...ids] } },
    _max: { lastAt: true },
  });
  return new Map(
    groups.flatMap(({ secretId, _max }) => (_max.lastAt ? [[secretId, _max.lastAt] as const] : [])),
  );
}

/** A version as Coffer tells of it. */
export function versionInfo(
  secret: Pick<SecretRow, "currentVersion" | "lostVersion">,
  row: Pick<VersionInfo, "version" | "createdBy" | "destroyedBy"> & {
    createdAt: Date;
    destroyedAt: Date | null;
  },
): VersionInfo {
  const { version, createdBy, createdAt, destroyedAt, destroyedBy } = row;
  return {
    ...{ version, current: version === secret.currentVersion },
    ...{ createdAt: createdAt.toISOString(), createdBy },
    ...{ destroyedAt: destroyedAt?.toISOString() ?? null, destroyedBy },
    lost: destroyedAt === null && version <= secret.lostVersion,
  };
}

/** A row as Coffer tells of it. */
export function secretInfo(
  { rows, trashDays }: Door,
  row: SecretRow,
  environment: EnvironmentRow,
  lastUsedAt: Date | undefined,
): SecretInfo {
  return {
    name: row.name,
    environment: environment.slug,
    description: row.description,
    tags: storedList(() => JSON.parse(row.tags) as string[]),
    version: row.currentVersion,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    rotatedAt: row.rotatedAt.toISOString(),
    rotatedBy: row.rotatedBy,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    rotateEveryDays: row.rotateEveryDays,
    rotateDueAt: row.rotateDueAt?.toISOString() ?? null,
    purgeAt: row.deletedAt && purgeTime(row.deletedAt, trashDays).toISOString(),
    ...stateOf(row, rows.isIntact("secret", row)),
  };
}

/** What was lost is told by a number that no decision is made of: a lost value has no text that opens. */
function stateOf(row: SecretRow, isIntact: boolean): Pick<SecretInfo, "state" | "unreadable"> {
  if (!isIntact) return { state: "unreadable", unreadable: "tampered" };
  if (row.deletedAt !== null) return { state: "trashed", unreadable: null };
  return row.currentVersion <= row.lostVersion
    ? { state: "unreadable", unreadable: "lost" }
    : { state: "active", unreadable: null };
}

/** One secret with its last use. */
export async function secretInfoOf(
  door: Door,
  db: Db,
  row: SecretRow,
  environment: EnvironmentRow,
): Promise<SecretInfo> {
  return secretInfo(door, row, environment, (await lastUses(db, [row.id])).get(row.id));
}

/** The columns that describe a secret, from what was asked and, for what was not, from `old`. */
export function describedColumns(name: string, changes: Describe, old?: SecretRow) {
  const description = changes.description ?? old?.description ?? "";
  const tags = changes.tags
    ? normalTags(changes.tags)
    : storedList(() => JSON.parse(old?.tags ?? "[]") as string[]);
  const expiresAt = changes.expiresAt;
  return {
    description,
    tags: JSON.stringify(tags),
    searchKey: [name, description, ...tags].join("\n").toLowerCase(),
    expiresAt:
      expiresAt === undefined
        ? (old?.expiresAt ?? null)
        : expiresAt === null
          ? null
          : new Date(expiresAt),
    rotateEveryDays:
      changes.rotateEveryDays === undefined
        ? (old?.rotateEveryDays ?? null)
        : changes.rotateEveryDays,
  };
}

/** Tags are compared without regard to case, so they are kept in lower case, once each, in order. */
function normalTags(tags: readonly string[]): string[] {
  return [...new Set(tags.map((tag) => tag.toLowerCase()))].sort();
}
