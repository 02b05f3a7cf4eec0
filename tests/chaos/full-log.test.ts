import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { must, temporaryHome } from "../support/coffer";
import { runCoffer } from "../support/command";
import { eventually } from "../support/eventually";
import { adminAt, bearerAt, Instances, makeServiceBy, mintBy } from "../support/instances";
import { aMoment, Load } from "../support/load";
import { makeDatabase, startPostgres } from "../support/postgres";
import { expectProblem } from "../support/problem";
import { mulberry32 } from "../support/seeded-random";

// By hand, as root, with a small volume: mount -t tmpfs -o size=48m,mode=1777 tmpfs /mnt/small
const VOLUME = process.env["COFFER_TEST_SMALL_VOLUME"];
const SEED = Number(process.env["COFFER_TEST_SEED"] ?? Date.now() % 2 ** 31);
const SECRETS = ["ONE", "TWO"];

test.skipIf(VOLUME === undefined || process.env["TEST_POSTGRES_URL"] !== undefined)(
  "while the volume of PostgreSQL's log is full everything is refused with 503; with room again all goes on, and nothing acknowledged is lost",
  { timeout: 600_000 },
  async () => {
    console.log(`seed ${String(SEED)}`);
    const own = mkdtempSync(join(VOLUME ?? "", "coffer-"));
    onTestFinished(() => rmSync(own, { recursive: true, force: true }));
    const postgres = await startPostgres({ isDurable: true, logFolder: `${own}-log` });
    onTestFinished(async () => {
      await postgres.stop();
      rmSync(`${own}-log`, { recursive: true, force: true });
    });
    const instances = new Instances(await makeDatabase(postgres.url, "nothing"));
    await instances.startAll();
    onTestFinished(() => instances.end());
    const load = new Load(instances, mulberry32(SEED));
    onTestFinished(() => load.end());
    const { done, newest, rotated, wrong } = load;
    const admin = await adminAt(instances.urls[0] ?? "");
    for (const name of SECRETS) {
      must(201, await admin.post("/api/v1/secrets", { name, value: "1" }));
      newest.know(name, 1);
    }
    const service = await makeServiceBy(admin, "gateway", SECRETS);
    const { token } = await mintBy(admin, service);
    const working = [
      ...SECRETS.map((name) => load.rotate(name)),
      ...Array.from({ length: 8 }, () => load.resolve(token, SECRETS)),
      load.restrict(await makeServiceBy(admin, "restricted", ["ONE"]), "ONE"),
    ];
    /** Waits for resolves and rotations at all instances. */
    const goesOn = async () => {
      const before = { ...done, rotations: rotated.length };
      await eventually(() => {
        expect(done.resolves).toBeGreaterThan(before.resolves + 100);
        expect(done.revocations).toBeGreaterThan(before.revocations);
        expect(rotated.length).toBeGreaterThan(before.rotations + 10);
      });
    };
    await goesOn();

    const began = performance.now();
    const since = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
    const figures = () => JSON.stringify({ ...done, rotations: rotated.length });
    console.log(`before: ${figures()}`);
    while (postgres.isRunning()) {
      fill(join(own, "other")); // again and again: it frees and takes pieces
      await aMoment(20);
    }
    console.log(`PostgreSQL has ended after ${since()}: ${figures()}`);
    for (let round = 0; round < 20; round++) {
      for (const url of instances.urls) {
        for (const answer of [
          await bearerAt(url, token).resolve("$SECRET/ONE"),
          await bearerAt(url, token).get("/health/ready"),
        ]) {
          expectProblem(answer, 503, "unavailable");
          expect(answer.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
        }
      }
      await aMoment(100);
    }
    const started = await postgres.start().then(
      () => "starts",
      () => "does not start",
    );
    console.log(`PostgreSQL ${started} while it is full: ${figures()}`);
    rmSync(join(own, "other"));
    console.log(`there is room after ${since()}: ${figures()}`);
    if (!postgres.isRunning()) await postgres.start();
    const up = performance.now();
    const resolved = done.resolves;
    await eventually(() => expect(done.resolves).toBeGreaterThan(resolved));
    console.log(
      `the first resolve ${String(Math.round(performance.now() - up))} ms after its start`,
    );
    await goesOn();
    console.log(`all goes on ${String(Math.round(performance.now() - up))} ms later: ${figures()}`);

    load.end();
    await Promise.all(working);
    expect(postgres.output()).toContain("No space left on device");
    for (const url of instances.urls) {
      for (const [name, version] of newest.all()) {
        expect(await load.resolveOnce(url, token, name, version)).toBe(200);
      }
    }
    expect(wrong).toEqual([]);
    const verified = await runCoffer(["audit", "verify", "--json"], {
      home: temporaryHome(),
      env: { DATABASE_URL: instances.databaseUrl },
    });
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('"findings":0')]);
  },
);

/** Takes all the room that is left on the volume. */
function fill(file: string): void {
  for (const size of [1_000_000, 4_096]) {
    try {
      for (;;) appendFileSync(file, Buffer.alloc(size));
    } catch (error) {
      if ((error as { code?: string }).code !== "ENOSPC") throw error;
    }
  }
}
