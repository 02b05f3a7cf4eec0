import type { Db } from "../store/store";
import { pagesById, type PageById } from "../store/pages-by-id";
import { writeMacs, type MacTable } from "../store/reset-rows";
import type { MacRow, RowKind, Rows } from "./rows";

type Adopted = Exclude<RowKind, "identity" | "policy" | "keyring" | "cursor">;

const TABLES: Record<Adopted, MacTable> = {
  ...{ environment: "Environment", secret: "Secret", service: "Service" },
  ...{ token: "ServiceToken", user: "User", link: "OneTimeLink" },
};

/**
 * Takes over every row that access is decided by as it stands, under a new MAC. What it says can't be verified any
 * more: whoever does this must first have taken from the rows what would let anybody in.
 */
export async function adoptRows(tx: Db, rows: Rows): Promise<void> {
  async function adopt<K extends Adopted, R extends MacRow<K> & { id: string }>(
    kind: K,
    read: (page: PageById) => Promise<R[]>,
  ): Promise<void> {
    for await (const page of pagesById(read)) {
      const adopted = page.map((row) => ({ id: row.id, mac: rows.sealed(kind, row).mac }));
      await writeMacs(tx, TABLES[kind], adopted);
    }
  }

  await adopt("environment", (page) => tx.environment.findMany(page));
  await adopt("secret", (page) => tx.secret.findMany(page));
  await adopt("service", (page) => tx.service.findMany(page));
  await adopt("token", (page) => tx.serviceToken.findMany(page));
  await adopt("user", (page) => tx.user.findMany(page));
  await adopt("link", (page) => tx.oneTimeLink.findMany(page));
  for (const row of await tx.policy.findMany()) {
    await tx.policy.update({ where: { id: row.id }, data: rows.sealed("policy", row) });
  }
}
