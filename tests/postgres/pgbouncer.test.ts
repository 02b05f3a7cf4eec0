import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { OPERATOR } from "../../lib/access/caller";
import { PASSPHRASE, restoreTo } from "../support/backup";
import { runCoffer } from "../support/command";
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
import { eventually } from "../support/eventually";
import { dropDatabase, makeDatabase } from "../support/postgres";
import { HAS_PGBOUNCER, poolerTo } from "../support/pgbouncer";
import { watchPath, WatchConnection } from "../support/watch";

// Without the program `pgbouncer` (apt-get install pgbouncer) these are skipped.
const pooled = test.skipIf(!HAS_PGBOUNCER);
const INSTANCES = 3;
const ROUNDS = 25;
const server = inject("postgresUrl");

/** An empty database, by the way that leads past the pooler. */
async function newDatabase(): Promise<string> {
  const databaseUrl = await makeDatabase(server, "nothing");
  onTestFinished(() => dropDatabase(server, databaseUrl));
  return databaseUrl;
}

const declared = (databaseUrl: string) => `${databaseUrl}?pgbouncer=true`;

/** A secret, a service that resolves it, and its token. */
async function prepare(coffer: Coffer) {
  const admin = await asAdmin(coffer);
  await mustCreateSecret(admin, "KEY", "value 0");
  const service = await mustCreateService(admin, "gateway", ["KEY"]);
  return { admin, service, ...(await mustMintToken(admin, service.id)) };
}

pooled.each([
  ["as the address says, and past it", true, true],
  ["as the address says", true, false],
  ["and nobody has said so", false, false],
] as const)(
  "behind PgBouncer, %s: what one instance has acknowledged binds the next request on each other one, under load, and who watches hears of it",
  { timeout: 300_000 },
  async (_, isDeclared, isDirect) => {
    const directUrl = await newDatabase();
    const through = (await poolerTo(server, INSTANCES * 4))(directUrl);
    const databaseUrl = isDeclared ? declared(through) : through;
    const options = { databaseUrl, home: temporaryHome(), ...(isDirect && { directUrl }) };
    const one = await startCoffer(options);
    const instances = [one];
    for (let at = 1; at < INSTANCES; at++) {
      instances.push(await startCoffer({ ...options, admin: false }));
    }
    const { admin, service, id, token } = await prepare(one);
    const asking = instances.map((each) => asService(each, token));
    const ask = () => Promise.all(asking.map((each) => each.resolve("$SECRET/KEY")));
    const watching = asking.map((each) => new WatchConnection(each, watchPath("$SECRET/KEY")));
    for (const each of watching) await each.heard("state");

    const is = { over: false };
    const wrong: string[] = [];
    const load = asking.map(async (each) => {
      while (!is.over) {
        const { status, text } = await each.resolve("$SECRET/KEY");
        if (![200, 422].includes(status)) wrong.push(`${String(status)} ${text}`);
      }
    });
    for (let round = 1; round <= ROUNDS; round++) {
      await mustRotate(admin, "KEY", `value ${String(round)}`);
      for (const { json } of await ask()) expect(json?.["config"]).toBe(`value ${String(round)}`);
    }
    const rulesOf = (names: string[]) =>
      admin.patch(`/api/v1/services/${service.id}`, { rules: [{ actions: ["resolve"], names }] });
    for (const names of [["OTHER"], ["KEY"]]) {
      expect((await rulesOf(names)).status).toBe(200);
      for (const { status } of await ask()) expect(status).toBe(names[0] === "KEY" ? 200 : 422);
    }
    const newest = `"version":${String(ROUNDS + 1)}}`;
    for (const each of watching) await each.until(() => each.text.includes(newest));
    is.over = true;
    await Promise.all(load);
    expect(wrong).toEqual([]);

    await admin.delete(`/api/v1/services/${service.id}/tokens/${id}`);
    for (const { status } of await ask()) expect(status).toBe(401);
    for (const each of watching) await each.over();
    const said = instances.flatMap(({ log }) => log);
    if (isDirect) expect(said).toEqual([]);
    else if (isDeclared) expect(said).toEqual(instances.map(() => setDirect));
    else expect(said).toContainEqual(expect.stringContaining("add pgbouncer=true"));
  },
);

const setDirect = expect.stringContaining("set DATABASE_URL_DIRECT") as string;

pooled(
  "behind PgBouncer without a way past it the feed is found to say nothing, and the log says what to set",
  async () => {
    const databaseUrl = (await poolerTo(server, 8))(await newDatabase());
    const one = await startCoffer({ databaseUrl });
    const { admin, token } = await prepare(one);
    const connection = new WatchConnection(asService(one, token), watchPath("$SECRET/KEY"));
    await connection.heard("state");
    await eventually(() => {
      expect(one.log).toContainEqual(expect.stringContaining("DATABASE_URL_DIRECT has to lead"));
    });
    await mustRotate(admin, "KEY", "value 1");
    await connection.heard("change");
  },
);

pooled(
  "behind PgBouncer the record is searched and verified, a backup is made and restored, and the vault moves",
  async () => {
    const through = await poolerTo(server, 8);
    const home = temporaryHome();
    const databaseUrl = declared(through(await newDatabase()));
    const one = await startCoffer({ home, databaseUrl });
    const { admin, token } = await prepare(one);
    must(200, await asService(one, token).resolve("$SECRET/KEY"));
    await eventually(async () => {
      const found = must(200, await admin.get("/api/v1/audit?action=secrets.resolve"));
      expect(found).toMatchObject({ items: [{ outcome: "ok" }] });
    });
    must(200, await admin.post("/api/v1/audit/verify", {}));
    await one.vault.audit.settled();
    expect(must(200, await admin.get("/api/v1/audit/verify"))).toMatchObject({
      verification: { state: "done", findings: 0 },
    });
    const file = join(home, "coffer.backup");
    const { pieces } = await one.vault.backups.take(OPERATOR, PASSPHRASE);
    await writeFile(file, pieces);
    const restoredUrl = declared(through(await newDatabase()));
    await restoreTo(restoredUrl, file);
    const restored = await startCoffer({ databaseUrl: restoredUrl, admin: false });
    const names = must(200, await (await asAdmin(restored)).get("/api/v1/secrets"));
    expect(names).toMatchObject({ items: [{ name: "KEY" }] });

    await one.stop();
    const movedUrl = declared(through(await newDatabase()));
    await writeFile(join(home, "url"), movedUrl);
    const env = { DATABASE_URL: databaseUrl };
    const ran = await runCoffer(["migrate-to", "--url-file", "url"], { home, env });
    expect(ran.code, ran.stderr).toBe(0);
    const moved = await startCoffer({ databaseUrl: movedUrl, admin: false });
    must(200, await asService(moved, token).resolve("$SECRET/KEY"));
  },
);
