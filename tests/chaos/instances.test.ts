import { afterAll, beforeAll, expect, test } from "vitest";
import { Client, must, temporaryHome } from "../support/coffer";
import { runCoffer } from "../support/command";
import { TEST_ADMIN } from "../support/keys";
import { makeDatabase, startPostgres, type TestPostgres } from "../support/postgres";
import { startProcess, type CofferProcess } from "../support/process";
import { mulberry32 } from "../support/seeded-random";
import { signIn } from "../support/sign-in";

// By hand for longer: COFFER_TEST_ROUNDS=2000, COFFER_TEST_SECONDS=300.
const ROUNDS = Number(process.env["COFFER_TEST_ROUNDS"] ?? 25);
const SECONDS = Number(process.env["COFFER_TEST_SECONDS"] ?? 40);
const SEED = Number(process.env["COFFER_TEST_SEED"] ?? Date.now() % 2 ** 31);
const INSTANCES = 3;
const SECRETS = ["ONE", "TWO", "THREE"];

let postgres: TestPostgres;

beforeAll(async () => {
  postgres = await startPostgres();
});

afterAll(() => postgres.stop());

/** Several instances on one database, each of which may be gone at any time. */
class Instances {
  readonly #running: (CofferProcess | null)[] = [];
  readonly #homes = Array.from({ length: INSTANCES }, () => temporaryHome());

  constructor(readonly databaseUrl: string) {}

  async start(at: number): Promise<void> {
    const env = {
      DATABASE_URL: this.databaseUrl,
      COFFER_ADMIN_EMAIL: TEST_ADMIN.email,
      COFFER_ADMIN_PASSWORD: TEST_ADMIN.password,
      COFFER_LOG_LEVEL: "error",
      COFFER_TRUSTED_PROXIES: "127.0.0.1,::1", // a test says from which address it asks
    };
    this.#running[at] = await startProcess({ home: this.#homes[at] ?? "", env });
  }

  /** The address of one; null while it is gone. */
  url(at: number): string | null {
    return this.#running[at]?.url ?? null;
  }

  async kill(at: number): Promise<void> {
    const killed = this.#running[at];
    this.#running[at] = null;
    await killed?.end("SIGKILL");
  }

  async end(): Promise<void> {
    for (const each of this.#running.splice(0)) await each?.end("SIGTERM");
  }
}

async function startAll(): Promise<Instances> {
  const instances = new Instances(await makeDatabase(postgres.url, "nothing"));
  // At once: one of them makes the schema and the keyring.
  await Promise.all(Array.from({ length: INSTANCES }, (_, at) => instances.start(at)));
  return instances;
}

async function admin(url: string): Promise<Client> {
  const cookie = await signIn(url, TEST_ADMIN.email, TEST_ADMIN.password);
  return new Client(url, { cookie, origin: url });
}

const rulesFor = (names: string[]) => [{ actions: ["resolve"], names }];

async function makeService(by: Client, name: string): Promise<string> {
  const made = must(201, await by.post("/api/v1/services", { name, rules: rulesFor(SECRETS) }));
  return (made as { id: string }).id;
}

async function mint(by: Client, service: string): Promise<{ token: string; path: string }> {
  const minted = must(201, await by.post(`/api/v1/services/${service}/tokens`, {}));
  const { id, token } = minted as { id: string; token: string };
  return { token, path: `/api/v1/services/${service}/tokens/${id}` };
}

const bearer = (url: string, token: string, from = "192.0.2.1") =>
  new Client(url, { authorization: `Bearer ${token}`, "x-forwarded-for": from });

/** What one reference stands for, asked of an instance. */
async function ask(
  url: string,
  token: string,
  { name = "ONE", from }: { name?: string; from?: string },
): Promise<number | string> {
  const { status, json } = await bearer(url, token, from).resolve(`$SECRET/${name}`);
  return status === 200 ? (json as { config: string }).config : status;
}

test(
  `an acknowledged rotation, change of rules and revocation bind the next request at every instance, ${String(ROUNDS)} times`,
  { timeout: 300_000 + ROUNDS * 5_000 },
  async () => {
    const instances = await startAll();
    try {
      const urls = Array.from({ length: INSTANCES }, (_, at) => instances.url(at) ?? "");
      let admins = await Promise.all(urls.map(admin));
      let from = "";
      const everywhere = (token: string) =>
        Promise.all(urls.map((url) => ask(url, token, { from })));
      const [first] = admins;
      if (!first) throw new Error("no instance");
      must(201, await first.post("/api/v1/secrets", { name: "ONE", value: "v0" }));
      const service = await makeService(first, "gateway");
      for (let round = 1; round <= ROUNDS; round++) {
        if (round % 200 === 0) admins = await Promise.all(urls.map(admin)); // a token wants a sign-in of just now
        const by = admins[round % INSTANCES] ?? first;
        from = `198.18.${String(round >> 8)}.${String(round & 255)}`; // of one, so many wrong tokens are too many
        const { token, path } = await mint(by, service);
        must(201, await by.post("/api/v1/secrets/ONE/versions", { value: `v${String(round)}` }));
        expect(await everywhere(token)).toEqual(urls.map(() => `v${String(round)}`));

        must(200, await by.patch(`/api/v1/services/${service}`, { rules: rulesFor(["TWO"]) }));
        expect(await everywhere(token)).toEqual(urls.map(() => 422));
        must(200, await by.patch(`/api/v1/services/${service}`, { rules: rulesFor(SECRETS) }));
        expect(await everywhere(token)).toEqual(urls.map(() => `v${String(round)}`));

        must(204, await by.delete(path));
        expect(await everywhere(token)).toEqual(urls.map(() => 401));
      }
    } finally {
      await instances.end();
    }
  },
);

test.skipIf(process.env["TEST_POSTGRES_URL"] !== undefined)(
  `${String(SECONDS)} s of load with kill -9 of instances and crashes of PostgreSQL: no acknowledged write is lost, nothing old is answered, errors are 503, and the record verifies`,
  { timeout: 600_000 + SECONDS * 5_000 },
  async () => {
    console.log(`seed ${String(SEED)}`);
    const random = mulberry32(SEED);
    const instances = await startAll();
    const url = (): string | null => instances.url(Math.floor(random() * INSTANCES));
    const first = await admin(instances.url(0) ?? "");
    for (const name of SECRETS) {
      must(201, await first.post("/api/v1/secrets", { name, value: "1" }));
    }
    const service = await makeService(first, "gateway");
    const { token } = await mint(first, service);

    /** The highest version of each secret that a client was told of. */
    const acknowledged = new Map(SECRETS.map((name) => [name, 1]));
    const wrong: string[] = [];
    const done = { resolves: 0, rotations: 0, refused: 0, lost: 0, kills: 0, crashes: 0 };
    let isOver = false;

    async function rotate(name: string): Promise<void> {
      let by: Client | undefined;
      for (let value = 2; !isOver;) {
        const at = url();
        if (at === null) {
          await aMoment(20);
          continue;
        }
        if (by?.url !== at) by = await admin(at).catch(() => undefined);
        if (!by) continue;
        const sent = String(value);
        const answer = await by
          .post(`/api/v1/secrets/${name}/versions`, { value: sent })
          .catch(() => null);
        value++; // what was not acknowledged may have been made: no value is sent twice
        if (answer?.status === 201) {
          done.rotations++;
          acknowledged.set(name, Number(sent));
        } else if (answer && ![503, 401].includes(answer.status)) {
          wrong.push(`rotate: ${String(answer.status)} ${answer.text.slice(0, 200)}`);
        } else by = undefined;
      }
    }

    async function resolve(): Promise<void> {
      while (!isOver) {
        const at = url();
        const name = SECRETS[Math.floor(random() * SECRETS.length)] ?? "ONE";
        const atLeast = acknowledged.get(name) ?? 0;
        const answer =
          at &&
          (await bearer(at, token)
            .resolve(`$SECRET/${name}`)
            .catch(() => null));
        if (!answer) {
          done.lost++;
          await aMoment(10);
        } else if (answer.status === 200) {
          done.resolves++;
          const found = Number((answer.json as { config: string }).config);
          if (found < atLeast) wrong.push(`${name}: ${String(found)} after ${String(atLeast)}`);
        } else if (answer.status === 503) {
          done.refused++;
          await aMoment(10);
        } else wrong.push(`resolve: ${String(answer.status)} ${answer.text.slice(0, 200)}`);
      }
    }

    const load = [...SECRETS.map(rotate), ...Array.from({ length: 8 }, resolve)];
    const until = Date.now() + SECONDS * 1000;
    while (Date.now() < until) {
      await aMoment(500 + random() * 2_000);
      if (random() < 0.3) {
        done.crashes++;
        await postgres.crash();
        await aMoment(random() * 1_500);
        await postgres.start();
      } else {
        done.kills++;
        const at = Math.floor(random() * INSTANCES);
        await instances.kill(at);
        await aMoment(random() * 1_000);
        await instances.start(at);
      }
    }
    isOver = true;
    await Promise.all(load);
    console.log(JSON.stringify(done));
    try {
      expect(wrong).toEqual([]);
      expect(Math.min(done.resolves, done.rotations, done.kills)).toBeGreaterThan(0);
      for (const [name, version] of acknowledged) {
        for (let at = 0; at < INSTANCES; at++) {
          const found = await ask(instances.url(at) ?? "", token, { name });
          expect(Number(found)).toBeGreaterThanOrEqual(version);
        }
      }
    } finally {
      await instances.end();
    }
    const verified = await runCoffer(["audit", "verify", "--json"], {
      home: temporaryHome(),
      env: { DATABASE_URL: instances.databaseUrl },
    });
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('"findings":0')]);
  },
);

const aMoment = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
