import { OPERATOR } from "../access/caller";
import type { Happening } from "../audit/event";
import { CofferError } from "../errors";
import type { HeldBecause } from "../shapes";
import type { Db } from "../store/store";
import { demand, type Door, type Outcome } from "./door";
import type { Rows } from "./rows";
import { findServices, noService, serviceInfo, type ServiceRow } from "./service-row";
import type { Services } from "./vault";

/** A service that is held, as the terminal tells of it. */
export interface HeldService {
  name: string;
  environment: string;
  /** How many of its tokens would work. */
  tokens: number;
}

/**
 * Holds every service that is enabled: off until an admin has looked at it. For what may bring back a right that was taken
 * away since, such as a backup that is restored. Each is noted as the operator's change. Nothing looks at it when a
 * token is shown: what is held is disabled, and its row says why.
 */
export async function holdServices(
  tx: Db,
  {
    rows,
    note,
    because,
    now,
  }: {
    rows: Rows;
    note: (event: Happening) => void;
    because: HeldBecause;
    now: Date;
  },
): Promise<HeldService[]> {
  const live = { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] };
  const include = { environment: true, _count: { select: { tokens: { where: live } } } };
  const where = { disabledAt: null };
  const services = await tx.service.findMany({ where, include, orderBy: { name: "asc" } });
  const held: HeldService[] = [];
  for (const { environment, _count, ...service } of services) {
    if (!rows.isIntact("service", service)) continue; // refused as it is
    const data = rows.changed("service", service, { disabledAt: now, held: because });
    await tx.service.update({ where: { id: service.id }, data });
    const about = { environment: environment.slug, target: service.name, code: because };
    note({ caller: OPERATOR, action: "services.hold", outcome: "ok", ...about });
    held.push({ name: service.name, environment: environment.slug, tokens: _count.tokens });
  }
  return held;
}

type HeldRow = Omit<ServiceRow, "tokens">;

/** What admins do with the services that are held. */
export function heldFunctions(door: Door): Pick<Services, "held" | "countHeld" | "release"> {
  const { db } = door.store;
  const isHeld = { held: { not: null } };

  return {
    held: (caller) =>
      door.read(caller, { action: "services.list" }, async () => {
        demand(caller, "services.list");
        const all = await findServices(db, isHeld);
        return { answer: all.map((row) => serviceInfo(row, door.now())) };
      }),

    countHeld: (caller) => {
      demand(caller, "services.list");
      return door.lookUp(() => db.service.count({ where: isHeld }));
    },

    release: (caller, { enable, leaveOff }) =>
      door.change(caller, { action: "services.release" }, async (tx) => {
        demand(caller, "services.release");
        const ids = [...enable, ...leaveOff];
        requireDistinct(ids);
        const rows = await tx.service.findMany({
          ...{ where: { id: { in: ids } }, include: { environment: true } },
        });
        const found = new Map(rows.map((row) => [row.id, row]));
        const besides = [
          ...(await decide(door, tx, enable, found, { disabledAt: null, held: null }, "enabled")),
          ...(await decide(door, tx, leaveOff, found, { held: null }, "left off")),
        ];
        const left = await tx.service.count({ where: isHeld });
        return { answer: { left }, besides, code: `${String(left)} left` };
      }),
  };
}

/** Changes each of these services, which are held, and says so for the record. */
async function decide(
  { rows }: Door,
  tx: Db,
  ids: readonly string[],
  found: ReadonlyMap<string, HeldRow>,
  changes: { disabledAt?: null; held: null },
  code: string,
): Promise<NonNullable<Outcome<unknown>["besides"]>> {
  const done = [];
  for (const id of ids) {
    const there = found.get(id);
    if (!there) throw noService();
    const { environment, ...row } = rows.checked("service", there);
    if (row.held === null) throw notHeld(row.name);
    await tx.service.update({ where: { id }, data: rows.changed("service", row, changes) });
    const about = { target: row.name, environment: environment.slug, code };
    done.push({ action: "services.update", ...about });
  }
  return done;
}

function requireDistinct(ids: readonly string[]): void {
  if (ids.length > 0 && new Set(ids).size === ids.length) return;
  throw new CofferError(
    "invalid_request",
    ids.length === 0
      ? "Name the services to enable, or those to leave off."
      : "A service is named twice. Nothing was changed.",
  );
}

function notHeld(name: string): CofferError {
  return new CofferError(
    "not_held",
    `${name} is not held any more: somebody has decided meanwhile. Nothing was changed. Look at the list again.`,
  );
}
