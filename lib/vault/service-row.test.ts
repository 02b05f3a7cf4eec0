import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { testDatabase } from "../../tests/support/database";
import { openStore } from "../store/store";
import { findServices } from "./service-row";

// Migrating takes a fraction of a second of an idle core, and more of a busy one.
vi.setConfig({ testTimeout: 30_000 });

const MANY = 1_200;

it("services are found with their tokens, the newest first, however many there are", async () => {
  const home = mkdtempSync(join(tmpdir(), "coffer-services-"));
  const { databaseUrl, remove } = await testDatabase(home);
  const store = await openStore({ databaseUrl, prismaDirectory: join(process.cwd(), "prisma") });
  const indices = Array.from({ length: MANY }, (_, index) => index);
  const at = (ms: number) => new Date(Date.UTC(2030, 0) + ms);
  const idOf = (index: number) => `s${String(index).padStart(4, "0")}`;
  const made = { createdBy: "", mac: "", createdAt: at(0) };
  await store.write(async (tx) => {
    const environment = { id: "e", slug: "e", name: "e", protected: false, mac: "" };
    await tx.environment.create({ data: { ...environment, createdAt: at(0) } });
    await tx.service.createMany({
      data: indices.map((index) => ({
        ...{ ...made, id: idOf(index), name: idOf(index), nameKey: idOf(index) },
        ...{ environmentId: "e", description: "", rules: "[]", allowedCidrs: "[]" },
        held: index % 2 === 0 ? "restored" : null,
      })),
    });
    const token = (index: number, age: number) => ({
      ...{ ...made, id: `${idOf(index)} ${String(age)}`, serviceId: idOf(index) },
      ...{ hash: `${idOf(index)} ${String(age)}`, hint: "", createdAt: at(age) },
    });
    await tx.serviceToken.createMany({
      data: indices.flatMap((index) => [token(index, 1), token(index, 2)]),
    });
  });
  const all = await findServices(store.db, { environmentId: "e" });
  expect(all.map(({ id }) => id)).toEqual(indices.map(idOf));
  for (const { id, tokens } of all) {
    expect(tokens.map((token) => token.id)).toEqual([`${id} 2`, `${id} 1`]);
    expect(tokens[0]).not.toHaveProperty("hash");
  }
  expect(await findServices(store.db, { held: { not: null } })).toHaveLength(MANY / 2);
  await store.close();
  await remove();
  rmSync(home, { recursive: true, force: true });
});
