import type { Caller } from "../access/caller";
import type { IntegrityReport, TamperedRow } from "../shapes";
import { readHead } from "../store/keyring-rows";
import { pagesById, type PageById } from "../store/pages-by-id";
import { demand, type Door } from "./door";
import { isIntactHead } from "./live-keyring";
import type { MacRow, RowKind } from "./rows";
import type { Integrity } from "./vault";

/** Rows that an answer names. The count goes on. */
const NAMED = 500;

/** Finding what something other than Coffer has written. */
export function integrityFunctions(door: Door): Integrity {
  return {
    check: (caller: Caller) =>
      door.read(caller, { action: "integrity.check" }, async () => {
        demand(caller, "integrity.check");
        const answer = await checkRows(door);
        return { answer, ...(answer.tampered > 0 && { code: "tampered" }) };
      }),
  };
}

/** Reads every row that access is decided by, page by page. Stops at nothing: a bad row is what is looked for. */
export async function checkRows({ rows, store: { db }, now }: Door): Promise<IntegrityReport> {
  const report = {
    checkedAt: now().toISOString(),
    checked: 0,
    tampered: 0,
    items: [] as TamperedRow[],
  };

  async function check<
    K extends Exclude<RowKind, "keyring" | "cursor">,
    R extends MacRow<K> & { id: string },
  >(
    kind: K,
    read: (page: PageById) => Promise<R[]>,
    nameOf: (row: R) => Pick<TamperedRow, "name" | "environment">,
  ): Promise<void> {
    for await (const page of pagesById(read)) {
      const bad = page.filter((row) => !rows.isIntact(kind, row));
      report.checked += page.length;
      report.tampered += bad.length;
      for (const row of bad.slice(0, NAMED - report.items.length)) {
        report.items.push({ kind, id: row.id, ...nameOf(row) });
      }
    }
  }

  const within = { include: { environment: { select: { slug: true } } } } as const;
  await check(
    "environment",
    (page) => db.environment.findMany(page),
    ({ slug }) => ({ name: slug, environment: slug }),
  );
  await check(
    "secret",
    (page) => db.secret.findMany({ ...page, ...within }),
    (row) => named(row),
  );
  await check(
    "service",
    (page) => db.service.findMany({ ...page, ...within }),
    (row) => named(row),
  );
  await check(
    "token",
    (page) => db.serviceToken.findMany({ ...page, include: { service: within } }),
    ({ hint, service }) => ({ ...named(service), name: `${service.name} ${hint}` }),
  );
  await check(
    "user",
    (page) => db.user.findMany(page),
    ({ email }) => ({ name: email, environment: null }),
  );
  // A link that was used or has expired lets nobody in, whatever is written in it.
  const unused = { consumedAt: null, expiresAt: { gt: now() } };
  await check(
    "link",
    (page) =>
      db.oneTimeLink.findMany({
        ...page,
        where: { ...page.where, ...unused },
        include: { user: { select: { email: true } } },
      }),
    ({ kind, user }) => ({ name: user?.email ?? kind, environment: null }),
  );
  await check(
    "identity",
    (page) => db.identity.findMany({ ...page, include: { user: { select: { email: true } } } }),
    ({ issuer, user }) => ({ name: `${user.email} at ${issuer}`, environment: null }),
  );
  const policy = await db.policy.findMany();
  report.checked += policy.length;
  for (const row of policy.filter((each) => !rows.isIntact("policy", each))) {
    report.tampered++;
    report.items.push({ kind: "policy", id: String(row.id), name: "policy", environment: null });
  }
  const head = await readHead(db);
  report.checked++;
  if (!isIntactHead(rows, head)) {
    report.tampered++;
    report.items.push({ kind: "keyring", id: head.id, name: "keyring", environment: null });
  }
  return report;
}

function named(row: { name: string; environment: { slug: string } }) {
  return { name: row.name, environment: row.environment.slug };
}
