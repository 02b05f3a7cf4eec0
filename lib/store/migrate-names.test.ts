import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { migrate, readMigrationNames } from "./migrate";
import { SqliteConnections } from "./sqlite";
import { openStore } from "./store";

const prismaDirectory = join(process.cwd(), "prisma");
const AT = "'2026-01-02T08:09:10.123+00:00'";
const event = (seq: number, kind: string, id: string, name: string) =>
  `('j', ${String(seq)}, ${AT}, '${kind}', '${id}', '${name}', 'secrets.resolve', 'e', '', '[]', 'ok', '', '', '', '')`;

/** A vault of before the names of services were kept: one is renamed, one is deleted. */
const VAULT = `
  INSERT INTO "Environment" ("id", "slug", "name", "createdAt", "mac") VALUES ('e', 'e', 'e', ${AT}, '');
  INSERT INTO "Secret" ("id", "environmentId", "name", "nameKey", "description", "tags", "searchKey", "currentVersion",
    "highestVersion", "createdAt", "createdBy", "rotatedAt", "rotatedBy", "mac")
  VALUES ('s', 'e', 's', 's', '', '[]', '', 1, 1, ${AT}, 'x', ${AT}, 'x', '');
  INSERT INTO "Service" ("id", "environmentId", "name", "nameKey", "description", "rules", "allowedCidrs", "createdAt",
    "createdBy", "mac") VALUES ('live', 'e', 'Edge', 'edge', '', '[]', '[]', ${AT}, 'x', '');
  INSERT INTO "SecretUse" VALUES ('s', 'live', '2026-01-02', 7, ${AT}, ${AT});
  INSERT INTO "Journal" ("id", "openedAt") VALUES ('j', ${AT});
  INSERT INTO "AuditEvent" ("journalId", "seq", "at", "actorKind", "actorId", "actorName", "action", "environment",
    "target", "names", "outcome", "code", "address", "userAgent", "requestId") VALUES
    ${event(1, "service", "live", "gateway")}, ${event(2, "service", "live", "EDGE")},
    ${event(3, "service", "gone", "gateway")}, ${event(4, "service", "gone", "Gateway")},
    ${event(5, "user", "someone", "somebody")};
`;

test("uses are kept when the names of services begin to be, and those of before are taken from the record", async () => {
  const home = mkdtempSync(join(tmpdir(), "coffer-names-"));
  onTestFinished(() => {
    rmSync(home, { recursive: true });
  });
  const databaseUrl = `file:${join(home, "test.db")}`;
  const before = (await readMigrationNames(prismaDirectory)).filter((name) => name < "0016");
  await migrate({ databaseUrl, prismaDirectory, only: new Set(before) });
  const connections = new SqliteConnections(databaseUrl);
  await (await connections.connect()).executeScript(VAULT);
  await connections.dispose();
  const store = await openStore({ databaseUrl, prismaDirectory });
  const names = await store.db.serviceName.findMany({
    orderBy: [{ serviceId: "asc" }, { number: "asc" }],
  });
  const uses = await store.db.secretUse.findMany();
  await store.close();
  expect(names).toEqual([
    { serviceId: "gone", name: "gateway", nameKey: "gateway", number: 0 },
    { serviceId: "live", name: "gateway", nameKey: "gateway", number: 0 },
    { serviceId: "live", name: "Edge", nameKey: "edge", number: 1 },
  ]);
  const at = new Date("2026-01-02T08:09:10.123Z");
  expect(uses).toEqual([
    { secretId: "s", serviceId: "live", day: "2026-01-02", count: 7, firstAt: at, lastAt: at },
  ]);
});
