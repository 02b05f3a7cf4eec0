import { randomUUID } from "node:crypto";
import type { Caller } from "../access/caller";
import type { Action } from "../access/may";
import { CofferError } from "../errors";
import { DEFAULT_ENVIRONMENT, isSlug } from "../name";
import type { EnvironmentSummary } from "../shapes";
import { isUniqueViolation, type Db } from "../store/store";
import { demand, type Door, type Outcome } from "./door";
import { contentsOf, environmentInfo, summaryOf } from "./environment-contents";
import { findEnvironment } from "./environments";
import type { Environments } from "./vault";

/** Environments: namespaces of secrets, and who may write in them. */
export function environmentFunctions(door: Door): Environments {
  const { rows } = door;
  const { db } = door.store;

  /** Makes one change to one environment: the policy asked before anything is looked up. */
  function change<T>(
    caller: Caller,
    action: Action,
    slug: string,
    work: (tx: Db) => Promise<Outcome<T>>,
  ): Promise<T> {
    const known = isSlug(slug) ? slug : undefined;
    return door.change(caller, { action, environment: known, target: known }, async (tx) => {
      demand(caller, action);
      return work(tx);
    });
  }

  return {
    list: (caller) =>
      door.read(caller, { action: "environments.list" }, async () => {
        demand(caller, "environments.list");
        const all = await db.environment.findMany({ orderBy: { slug: "asc" } });
        return { answer: all.map(environmentInfo) };
      }),

    survey: (caller) =>
      door.read(caller, { action: "environments.list" }, async () => {
        demand(caller, "environments.list");
        const all = await db.environment.findMany({ orderBy: { slug: "asc" } });
        const contents = await contentsOf(db, all);
        return { answer: all.map((row) => summaryOf(row, contents)) };
      }),

    create: (caller, { slug, name, protected: isProtected = false }) =>
      change(caller, "environments.create", slug, async (tx) => {
        const row = { id: randomUUID(), slug, name, protected: isProtected, createdAt: door.now() };
        await tx.environment
          .create({ data: rows.sealed("environment", row) })
          .catch((error: unknown) => {
            throw isUniqueViolation(error) ? slugTaken(slug) : error;
          });
        return { answer: summaryOf(row, new Map()), ...remark(false, isProtected) };
      }),

    update: (caller, slug, changes) =>
      change(caller, "environments.update", slug, async (tx) => {
        const old = rows.checked("environment", await findEnvironment(tx, slug));
        const { name = old.name, protected: isProtected = old.protected } = changes;
        if (old.protected && !isProtected) demand(caller, "environments.unprotect");
        const row = await tx.environment.update({
          where: { id: old.id },
          data: rows.changed("environment", old, { name, protected: isProtected }),
        });
        const answer = summaryOf(row, await contentsOf(tx, [row]));
        return { answer, ...remark(old.protected, isProtected) };
      }),

    remove: (caller, slug) =>
      change(caller, "environments.delete", slug, async (tx) => {
        if (slug === DEFAULT_ENVIRONMENT) throw isDefault();
        // Not `checked`: to delete one that was tampered with is the way to make it anew.
        const row = await findEnvironment(tx, slug);
        requireEmpty(summaryOf(row, await contentsOf(tx, [row])));
        await tx.purgedName.deleteMany({ where: { environmentId: row.id } });
        await tx.environment.delete({ where: { id: row.id } });
        return { answer: undefined };
      }),
  };
}

/** What the record says beside a change that puts protection on or takes it off. */
function remark(before: boolean, after: boolean): { code?: string } {
  return before === after ? {} : { code: after ? "protected" : "unprotected" };
}

function requireEmpty({ slug, secrets, trashed, services }: EnvironmentSummary): void {
  const held = [
    amount(secrets, "secret"),
    amount(trashed, "secret", " in the trash"),
    amount(services, "service"),
  ].filter((text) => text !== "");
  if (held.length === 0) return;
  throw new CofferError(
    "not_empty",
    `The environment ${slug} still holds ${listed(held)}. Purge its secrets and delete its services first.`,
    { details: { secrets, trashed, services } },
  );
}

function amount(count: number, noun: string, where = ""): string {
  return count === 0 ? "" : `${String(count)} ${noun}${count === 1 ? "" : "s"}${where}`;
}

/** "a", "a and b", "a, b and c". */
function listed(parts: readonly string[]): string {
  const last = parts[parts.length - 1] ?? "";
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`;
}

function isDefault(): CofferError {
  return new CofferError(
    "forbidden",
    `The environment ${DEFAULT_ENVIRONMENT} can't be deleted: a request that names no environment means it.`,
  );
}

function slugTaken(slug: string): CofferError {
  return new CofferError(
    "already_exists",
    `An environment ${slug} exists already. Choose another slug.`,
  );
}
