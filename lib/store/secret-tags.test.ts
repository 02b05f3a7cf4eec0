import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { testDatabase } from "../../tests/support/database";
import { findTags } from "./secret-tags";
import { openStore, type Store } from "./store";

// Migrating takes a fraction of a second of an idle core, and more of a busy one.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const OTHERS = 1_000;

let home: string;
let database: Awaited<ReturnType<typeof testDatabase>>;
let store: Store;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "coffer-tags-"));
  database = await testDatabase(home);
  store = await openStore({
    databaseUrl: database.databaseUrl,
    prismaDirectory: join(process.cwd(), "prisma"),
  });
  const at = new Date();
  const secret = (environmentId: string, name: string, tags: string, deletedAt: Date | null) => ({
    ...{ environmentId, id: `${environmentId} ${name}`, name, nameKey: name.toLowerCase(), tags },
    ...{ searchKey: name.toLowerCase(), description: "", mac: "", createdBy: "", rotatedBy: "" },
    ...{ currentVersion: 1, highestVersion: 1, createdAt: at, rotatedAt: at, deletedAt },
  });
  await store.write(async (tx) => {
    for (const id of ["e", "other"]) {
      await tx.environment.create({
        data: { id, slug: id, name: id, createdAt: at, protected: false, mac: "" },
      });
    }
    await tx.secret.createMany({
      data: [
        ...Array.from({ length: OTHERS }, (_, index) =>
          secret("e", `A${String(index)}`, "[]", null),
        ),
        secret("e", "Y_KEY", '["payments","ci"]', null),
        secret("e", "Z_KEY", '["ci"]', null),
        secret("e", "OLD_KEY", '["legacy"]', at),
        secret("e", "ODD_KEY", "no list", null),
        secret("e", "ODDER_KEY", '[3,{"a":1},"odd"]', null),
        secret("other", "THEIRS", '["theirs"]', null),
      ],
    });
  });
});

afterAll(async () => {
  await store.close();
  await database.remove();
  rmSync(home, { recursive: true, force: true });
});

describe("the tags of an environment", () => {
  it("are those of every secret of that state in it, each once, however many have none", async () => {
    expect(await findTags(store.db, "e", "active", 100)).toEqual(["ci", "odd", "payments"]);
    expect(await findTags(store.db, "e", "trashed", 100)).toEqual(["legacy"]);
    expect(await findTags(store.db, "none", "active", 100)).toEqual([]);
  });

  it("are no more than were asked for, the first in order", async () => {
    expect(await findTags(store.db, "e", "active", 2)).toEqual(["ci", "odd"]);
  });
});
