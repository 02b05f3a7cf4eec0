import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { testDatabase } from "../../tests/support/database";
import { findSecretIds, type SecretSearch } from "./secret-search";
import { openStore, type Store } from "./store";

// Migrating takes a fraction of a second of an idle core, and more of a busy one.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const COUNT = 1_300;
const nameOf = (index: number) => `N${String(index).padStart(5, "0")}`;
const everyName = Array.from({ length: COUNT }, (_, index) => nameOf(index));

let home: string;
let database: Awaited<ReturnType<typeof testDatabase>>;
let store: Store;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "coffer-search-"));
  database = await testDatabase(home);
  store = await openStore({
    databaseUrl: database.databaseUrl,
    prismaDirectory: join(process.cwd(), "prisma"),
  });
  const at = new Date();
  const shared = {
    ...{ environmentId: "e", description: "", tags: "[]", mac: "", createdBy: "", rotatedBy: "" },
    ...{ currentVersion: 1, highestVersion: 1, createdAt: at, rotatedAt: at },
  };
  await store.write(async (tx) => {
    await tx.environment.create({
      data: { id: "e", slug: "e", name: "e", createdAt: at, protected: false, mac: "" },
    });
    await tx.secret.createMany({
      data: everyName.map((name) => {
        const nameKey = name.toLowerCase();
        return { ...shared, id: name, name, nameKey, searchKey: nameKey };
      }),
    });
  });
});

afterAll(async () => {
  await store.close();
  await database.remove();
  rmSync(home, { recursive: true, force: true });
});

async function names(query: Partial<SecretSearch>): Promise<string[]> {
  const found = await findSecretIds(store.db, {
    ...{ environmentId: "e", state: "active", search: undefined, tag: undefined, after: undefined },
    ...{ attention: undefined, now: new Date() },
    ...{ limit: 10, visible: () => true, ...query },
  });
  return found.map(({ name }) => name);
}

describe("a page of names", () => {
  it("is full where there are enough, however few of them the caller may see", async () => {
    const visible = (name: string) => name.endsWith("99");
    const all = everyName.filter(visible);
    expect(all).toHaveLength(13);
    expect(await names({ visible })).toEqual(all.slice(0, 10));
    expect(await names({ visible, after: all[9]?.toLowerCase() })).toEqual(all.slice(10));
    expect(await names({ visible: (name) => name === nameOf(COUNT - 1), limit: 1 })).toEqual([
      nameOf(COUNT - 1),
    ]);
    expect(await names({ visible: () => false, limit: 1 })).toEqual([]);
  });

  it("costs few queries, however small it is", async () => {
    let queries = 0;
    const counting = new Proxy(store.db, {
      get(db, key) {
        if (key === "$queryRaw") queries++;
        return Reflect.get(db, key) as unknown;
      },
    });
    await findSecretIds(counting, {
      ...{ environmentId: "e", state: "all", search: undefined, tag: undefined, after: undefined },
      ...{ attention: undefined, now: new Date() },
      ...{ limit: 1, visible: () => false },
    });
    expect(queries).toBeLessThanOrEqual(4);
  });

  it("leads to every name once, over pages of any size", async () => {
    for (const limit of [499, 500, 501, 1_300, 5_000]) {
      const collected: string[] = [];
      for (let after: string | undefined; ;) {
        const page = await names({ limit, after });
        if (page.length === 0) break;
        collected.push(...page);
        after = page[page.length - 1]?.toLowerCase();
      }
      expect(collected).toEqual(everyName);
    }
  });
});
