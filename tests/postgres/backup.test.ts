import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { OPERATOR } from "../../lib/access/caller";
import { openBackup } from "../../lib/crypto/backup-stream";
import type { ServiceInfo } from "../../lib/shapes";
import { openSnapshot, type Cell } from "../../lib/store/backup-rows";
import { migrate } from "../../lib/store/migrate";
import { loadInto } from "../../lib/store/postgres/load";
import { readContent } from "../../lib/vault/backup-content";
import { makeBackup } from "../../lib/vault/backup-maker";
import { PASSPHRASE, restoreTo } from "../support/backup";
import {
  asAdmin,
  asService,
  must,
  mustCreateSecret,
  mustCreateService,
  mustMintToken,
  mustRotate,
  startCoffer,
  temporaryHome,
  type Coffer,
} from "../support/coffer";
import { deafTo } from "../support/deaf";
import { dropDatabase, makeDatabase } from "../support/postgres";

const server = inject("postgresUrl");
const prismaDirectory = join(process.cwd(), "prisma");
const CONFIG = { key: "$SECRET/API_KEY", old: "{{Secrets.API_KEY@1}}" };
const quiet = { progress: () => undefined, signal: new AbortController().signal };

type Kind = "sqlite" | "postgresql";

async function newPlace(kind: Kind): Promise<string> {
  if (kind === "sqlite") return `file:${join(temporaryHome(), "coffer.db")}`;
  const databaseUrl = await makeDatabase(server, "nothing");
  onTestFinished(() => dropDatabase(server, databaseUrl));
  return databaseUrl;
}

/** A vault with a bit of everything. */
async function fill(kind: Kind): Promise<{ coffer: Coffer; serviceId: string; token: string }> {
  const coffer = await startCoffer({ databaseUrl: await newPlace(kind) });
  const admin = await asAdmin(coffer);
  await mustCreateSecret(admin, "API_KEY", "first value");
  await mustRotate(admin, "API_KEY", "second value");
  await mustCreateSecret(admin, "TEXTS", "value", { description: 'ü\n"\\ ключ 𝒳 \u2028' });
  await mustCreateSecret(admin, "PURGED", "value");
  must(204, await admin.delete("/api/v1/secrets/PURGED?purge=true"));
  const service = await mustCreateService(admin, "gateway", ["*"], { versions: "any" });
  const off = await mustCreateService(admin, "off", ["*"]);
  must(200, await admin.patch(`/api/v1/services/${off.id}`, { disabled: true }));
  const { token } = await mustMintToken(admin, service.id);
  must(200, await asService(coffer, token).resolve(CONFIG));
  return { coffer, serviceId: service.id, token };
}

async function backUp(coffer: Coffer): Promise<string> {
  const { pieces } = await coffer.vault.backups.take(OPERATOR, PASSPHRASE);
  const file = join(coffer.home, "coffer.backup");
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  writeFileSync(file, Buffer.concat(all));
  return file;
}

/** Every line of a backup but the first, as text. */
async function contentOf(databaseUrl: string): Promise<string[]> {
  const takenAt = new Date("2030-01-31T00:00:00Z");
  async function* bytes() {
    const order = { databaseUrl, passphrase: PASSPHRASE, takenAt };
    for await (const piece of makeBackup(order)) yield Buffer.from(piece.bytes);
  }
  const lines: string[] = [];
  for await (const line of readContent(openBackup(PASSPHRASE, bytes()))) {
    if (line.kind !== "head") lines.push(JSON.stringify(line));
  }
  return lines;
}

async function rowsOf(databaseUrl: string): Promise<Record<string, Cell[][]>> {
  const snapshot = await openSnapshot(databaseUrl, {});
  const all: Record<string, Cell[][]> = {};
  for (const table of snapshot.tables) {
    const rows: Cell[][] = (all[table.table] = []);
    for await (const page of snapshot.rows(table)) rows.push(...page);
  }
  await snapshot.close();
  return all;
}

for (const [from, to] of [
  ["sqlite", "postgresql"],
  ["postgresql", "sqlite"],
  ["postgresql", "postgresql"],
] as const) {
  test(`a backup of ${from}, restored on ${to}, resolves the same once its service is enabled, and goes on where it ended`, async () => {
    const { coffer, serviceId, token } = await fill(from);
    const resolved = must(200, await asService(coffer, token).resolve(CONFIG));
    const { config } = resolved as { config: object };
    const file = await backUp(coffer);
    const databaseUrl = await newPlace(to);
    const { held } = await restoreTo(databaseUrl, file);
    expect(held).toMatchObject([{ name: "gateway", tokens: 1 }]);

    const restored = await startCoffer({ databaseUrl, admin: false });
    const gateway = asService(restored, token);
    expect((await gateway.resolve(CONFIG)).json).toMatchObject({ code: "service_disabled" });
    const admin = await asAdmin(restored);
    const list = must(200, await admin.get("/api/v1/held-services")) as { items: ServiceInfo[] };
    expect(list.items.map(({ id }) => id)).toEqual([serviceId]);
    must(200, await admin.patch(`/api/v1/services/${serviceId}`, { disabled: false }));
    expect(must(200, await gateway.resolve(CONFIG))).toMatchObject({ config });
    expect((await mustRotate(admin, "API_KEY", "third value")).version).toBe(3);
    expect((await mustCreateSecret(admin, "PURGED", "value")).version).toBe(2);
    expect(must(200, await admin.get("/api/v1/integrity"))).toMatchObject({ tampered: 0 });
    const { db } = await restored.database();
    const first = await db.auditEvent.findFirstOrThrow({ where: { action: "backup.restore" } });
    expect(first).toMatchObject({ seq: 1, actorKind: "operator", outcome: "ok" });
    expect(await db.session.count({ where: { endedAt: null } })).toBe(1); // this test's
    await expect(restoreTo(databaseUrl, file)).rejects.toMatchObject({ code: "not_empty" });
  });
}

test("the same rows are the same backup, byte for byte, whichever database they are in", async () => {
  const { coffer } = await fill("sqlite");
  await coffer.stop();
  const databaseUrl = await newPlace("postgresql");
  await migrate({ databaseUrl, prismaDirectory });
  const source = await openSnapshot(coffer.config.databaseUrl, {});
  expect(await loadInto(databaseUrl, { source, ...quiet })).toBe(true);
  await source.close();
  expect(await rowsOf(databaseUrl)).toEqual(await rowsOf(coffer.config.databaseUrl));
  const content = await contentOf(databaseUrl);
  expect(content).toEqual(await contentOf(coffer.config.databaseUrl));
  expect(content.length).toBeGreaterThan(50);
});

test("a backup on PostgreSQL is of one moment, while others write", async () => {
  const { coffer } = await fill("postgresql");
  const snapshot = await openSnapshot(coffer.config.databaseUrl);
  const admin = await asAdmin(coffer);
  await mustCreateSecret(admin, "LATER", "value");
  const table = snapshot.tables.find((each) => each.table === "Secret");
  const rows: Cell[][] = [];
  if (table) for await (const page of snapshot.rows(table)) rows.push(...page);
  await snapshot.close();
  expect(JSON.stringify(rows)).not.toContain("LATER");
  expect(rows).toHaveLength(2);
});

/** Ends all connections to a database, before anything else in this process goes on. */
function cutConnections(databaseUrl: string): void {
  const program = `
    import pg from "pg";
    const client = new pg.Client({ connectionString: process.env.CUT });
    await client.connect();
    await client.query(\`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()\`);
    await client.end();`;
  execFileSync(process.execPath, ["--input-type=module", "--eval", program], {
    env: { ...process.env, CUT: databaseUrl },
  });
}

test("a restore that is cut off at any row leaves an empty database, and the next one works", async () => {
  const { coffer } = await fill("sqlite");
  const file = await backUp(coffer);
  const databaseUrl = await newPlace("postgresql");
  for (const at of ["copying", "comparing"]) {
    let isCut = false;
    const progress = (step: string) => {
      if (step !== at || isCut) return;
      isCut = true;
      cutConnections(databaseUrl);
    };
    await expect(restoreTo(databaseUrl, file, { progress }), at).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("Nothing was changed") as string,
    });
    const there = await rowsOf(databaseUrl);
    expect(Object.values(there).flat(), at).toEqual([]);
  }
  const stopped = new AbortController();
  const progress = (step: string) => step === "copying" && stopped.abort();
  const how = { progress, signal: stopped.signal };
  await expect(restoreTo(databaseUrl, file, how)).rejects.toThrow("Interrupted");
  expect(Object.values(await rowsOf(databaseUrl)).flat()).toEqual([]);
  expect(await restoreTo(databaseUrl, file)).toMatchObject({ held: [{ name: "gateway" }] });
  const left = readdirSync(tmpdir()).filter((name) =>
    name.startsWith(`coffer-restoring-${String(process.pid)}-`),
  );
  expect(left).toEqual([]);
});

test("a restore whose commit is not heard of says that it is not known, and the next one what is there", async () => {
  const { coffer } = await fill("sqlite");
  const file = await backUp(coffer);
  const databaseUrl = await newPlace("postgresql");
  const proxy = await deafTo(databaseUrl, "COMMIT\0");
  const progress = (step: string, done: number, total: number) => {
    proxy.isDeaf ||= step === "comparing" && done === total;
  };
  const unheard = restoreTo(proxy.databaseUrl, file, { progress });
  await expect(unheard).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringMatching(
      /^((?!Nothing was changed).)*not known whether it is there/,
    ) as string,
  });
  expect(proxy.isDeaf).toBe(false);
  await expect(restoreTo(databaseUrl, file)).rejects.toMatchObject({ code: "not_empty" });
});

test("a server that is not there is said in words, without the password", async () => {
  const { coffer } = await fill("sqlite");
  const file = await backUp(coffer);
  const nobody = "postgresql://coffer:the-password@127.0.0.1:1/coffer";
  const refusal = restoreTo(nobody, file);
  await expect(refusal).rejects.toMatchObject({
    code: "unavailable",
    message:
      "The database that DATABASE_URL names can't be reached (ECONNREFUSED) (postgresql://coffer@127.0.0.1:1/coffer). Nothing was changed.",
  });
});

test("a row that PostgreSQL can't hold is refused by its table, and nothing is restored", async () => {
  const { coffer } = await fill("sqlite");
  const store = await coffer.database();
  await store.write((tx) => tx.secret.updateMany({ data: { description: "a\0b" } }));
  const file = await backUp(coffer);
  const databaseUrl = await newPlace("postgresql");
  await expect(restoreTo(databaseUrl, file)).rejects.toThrow("can't hold a row of Secret");
  expect(Object.values(await rowsOf(databaseUrl)).flat()).toEqual([]);
});

test("the oldest backup that there is goes to PostgreSQL, too", async () => {
  const old = "tests/fixtures/backups/0007_keys.backup";
  const databaseUrl = await newPlace("postgresql");
  await restoreTo(databaseUrl, old);
  expect(await rowsOf(databaseUrl)).toMatchObject({ Keyring: [expect.anything()] });
});
