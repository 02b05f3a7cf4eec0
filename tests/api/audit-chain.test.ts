import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { OPERATOR } from "../../lib/access/caller";
import { AnchorReader } from "../../lib/audit/anchor";
import { Chain } from "../../lib/audit/chain";
import { verify } from "../../lib/audit/verify";
import { openKeyring } from "../../lib/crypto/keyring";
import type { AuditVerification } from "../../lib/shapes";
import { readKeyring } from "../../lib/store/keyring-rows";
import { openRecordOf } from "../../lib/store/open-record";
import { openStore, type Db } from "../../lib/store/store";
import {
  asAdmin,
  asNobody,
  asRole,
  Client,
  must,
  mustCreateSecret,
  mustHaveService,
  NO_LIMITS,
  shareCoffer,
  startCoffer,
  tamper,
  temporaryHome,
  type Coffer,
} from "../support/coffer";
import { admit, copyVault, databaseUrlOf, ON_POSTGRES, refuse } from "../support/database";
import { runCoffer } from "../support/command";
import { callAll, makeWorld } from "../support/every-route";
import { TEST_KEY } from "../support/keys";
import { expectProblem } from "../support/problem";

const VERIFY = "/api/v1/audit/verify";

/** Begins a verification and waits until it has ended. */
async function verified(
  { vault }: Coffer,
  client: Client,
  body: object = {},
): Promise<AuditVerification> {
  must(200, await client.post(VERIFY, body));
  await vault.audit.settled();
  const { verification } = must(200, await client.get(VERIFY)) as {
    verification: AuditVerification;
  };
  return verification;
}

async function chainOf(coffer: Coffer): Promise<Chain> {
  const record = await readKeyring((await coffer.database()).db);
  if (!record) throw new Error("This Coffer has no keyring.");
  return new Chain((await openKeyring(record, TEST_KEY)).derive("audit"));
}

describe("the record", () => {
  test("of every route, by every kind of caller, with whatever texts they send, is as Coffer wrote it", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    const service = await mustHaveService(coffer, admin, ["*"]);
    for (const [index, client] of [admin, service, asNobody(coffer)].entries()) {
      await callAll(client, await makeWorld(admin, `ROUND_${String(index)}`));
    }
    const name = "\ud83d\ude80 \u00e9 \\\"'<>& \u2028";
    await admin.post("/api/v1/services", { name, rules: [] });
    for (const text of [
      "\ud800",
      "\udc00x",
      "\u0000",
      "\ud83d\ude80",
      "\u202e",
      "x".repeat(5_000),
    ]) {
      const body = { name: text, value: "v", environment: text };
      await admin.post("/api/v1/secrets", body);
      await admin.post("/api/v1/services", { name: text, environment: text });
      await admin.get(`/api/v1/secrets?environment=${encodeURIComponent(text.toWellFormed())}`);
      await service.resolve(`$SECRET/A ${text}`, { only: [text] });
    }
    const found = await verified(coffer, admin);
    expect(found).toMatchObject({ state: "done", findings: 0, items: [], unchained: 0 });
    expect(found.checked).toBeGreaterThan(150);
  });

  test.each([
    ["without a MAC", { mac: null }],
    // PostgreSQL's column takes none.
    ...(ON_POSTGRES ? [] : [["with a number that is no safe one", { seq: 2n ** 60n }] as const]),
  ] as const)(
    "is linked to where a journal rightly ends, whatever somebody puts after that: an event %s",
    async (_what, put) => {
      const first = await startCoffer();
      await makeWorld(await asAdmin(first));
      await first.stop();
      const store = await openStore({
        ...{ databaseUrl: first.config.databaseUrl, prismaDirectory: "prisma" },
      });
      await store.write(async (tx) => {
        const after = { seq: 1_000_000n, mac: "x", ...put };
        await tx.$executeRaw`
          INSERT INTO "AuditEvent" ("journalId", "seq", "at", "actorKind", "actorId", "actorName", "action", "environment",
            "target", "names", "outcome", "code", "address", "userAgent", "requestId", "mac")
          SELECT "journalId", CAST(${after.seq} AS INTEGER), "at", "actorKind", "actorId", "actorName", "action", "environment",
            "target", "names", "outcome", "code", "address", "userAgent", "requestId", CAST(${after.mac} AS TEXT)
          FROM "AuditEvent" ORDER BY "seq" DESC LIMIT 1`;
      });
      const second = await startCoffer({ home: first.home });
      const admin = await asAdmin(second);
      await store.write(async (tx) => {
        await tx.$executeRaw`DELETE FROM "AuditEvent" WHERE "seq" >= 1000000`;
      });
      expect(await verified(second, admin)).toMatchObject({ findings: 0 });
      await store.write(async (tx) => {
        await tx.$executeRaw`
          DELETE FROM "AuditEvent" WHERE "seq" > 10 AND "journalId" = (SELECT "id" FROM "Journal" ORDER BY "openedAt" LIMIT 1)`;
      });
      await store.close();
      expect(await verified(second, admin)).toMatchObject({ items: [{ kind: "cut", seq: 11 }] });
    },
  );

  test("goes on from one start to the next, each journal linked to the one before", async () => {
    const first = await startCoffer();
    await first.stop();
    const second = await startCoffer({ home: first.home });
    const { db } = await second.database();
    const journals = await db.journal.findMany({ orderBy: { openedAt: "asc" } });
    const last = await db.auditEvent.findFirst({
      where: { journalId: journals[0]?.id ?? "" },
      orderBy: { seq: "desc" },
    });
    expect(JSON.parse(journals[1]?.link ?? "")).toEqual({
      heads: [[last?.journalId, last?.seq, last?.mac]],
      before: [],
    });
    const found = await verified(second, await asAdmin(second));
    expect(found).toMatchObject({ findings: 0, journals: 2 });
  });

  test("from before the chain is bound once, and named as such", async () => {
    const before = await startCoffer();
    await makeWorld(await asAdmin(before));
    await before.stop();
    // As an older Coffer has left it.
    const old = await startCoffer({ home: before.home });
    await old.stop();
    const databaseUrl = old.config.databaseUrl;
    const store = await openStore({ databaseUrl, prismaDirectory: "prisma" });
    await store.write(async (tx) => {
      await tx.auditEvent.updateMany({ data: { mac: null } });
      await tx.journal.updateMany({ data: { link: null } });
    });
    await store.close();

    const coffer = await startCoffer({ home: before.home });
    const admin = await asAdmin(coffer);
    const found = await verified(coffer, admin);
    expect(found).toMatchObject({ findings: 0, journals: 3 });
    expect(found.unchained).toBeGreaterThan(10);
    const { openedAt } = await (
      await coffer.database()
    ).db.journal.findFirstOrThrow({
      where: { link: { not: null } },
    });
    expect(found.chainedSince).toBe(openedAt.toISOString()); // so that nobody can take the chain away unseen
    await tamper(coffer, (tx) =>
      tx.auditEvent.updateMany({ where: { mac: null, seq: 2 }, data: { address: "192.0.2.9" } }),
    );
    expect(await verified(coffer, admin)).toMatchObject({
      findings: 2,
      items: [
        { kind: "changed", seq: 1 },
        { kind: "changed", seq: 1 },
      ],
    });
    const rows = await (
      await coffer.database()
    ).db.auditEvent.findMany({
      where: { action: "audit.verify", code: { in: ["intact", "tampered"] } },
      orderBy: { seq: "asc" },
    });
    expect(rows.map(({ code, requestId }) => [code, requestId])).toEqual([
      ["intact", ""],
      ["tampered", ""],
    ]);
  });

  test("is verified, and checkpoints are signed, for admins and auditors only", async () => {
    const coffer = await startCoffer();
    for (const role of ["admin", "auditor"] as const) {
      const client = await asRole(coffer, role);
      const { text } = must(200, await client.get("/api/v1/audit/checkpoint")) as { text: string };
      const found = await verified(coffer, client, { checkpoint: text });
      expect(found).toMatchObject({ findings: 0, checkpoint: coffer.clock.now().toISOString() });
    }
    for (const role of ["editor", "viewer"] as const) {
      const client = await asRole(coffer, role);
      expectProblem(await client.post(VERIFY, {}), 403, "forbidden");
      expectProblem(await client.get("/api/v1/audit/checkpoint"), 403, "forbidden");
    }
  });

  test("is not held against a text that this vault has not signed", async () => {
    const [coffer, other] = [await startCoffer(), await startCoffer()];
    const admin = await asAdmin(coffer);
    const answer = await (await asAdmin(other)).get("/api/v1/audit/checkpoint");
    for (const checkpoint of ["", "x", answer.json?.["text"]]) {
      expectProblem(await admin.post(VERIFY, { checkpoint }), 400, "invalid_request");
    }
  });
});

describe("what is done to the database itself is found and named:", () => {
  const shared = shareCoffer();
  let chain: Chain;
  let anchors: AnchorReader;
  let journal: string;
  let other: string;

  beforeAll(async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "KEY", "value");
    const service = await mustHaveService(coffer, admin, ["*"]);
    for (let i = 0; i < 30; i++) await service.resolve("$SECRET/KEY");
    chain = await chainOf(coffer);
    const keyring = await readKeyring((await coffer.database()).db);
    const { publicKey } = await coffer.vault.audit.checkpoint(OPERATOR);
    anchors = new AnchorReader(String(keyring?.id), publicKey);
    const { db } = await coffer.database();
    journal = (await db.journal.findFirstOrThrow()).id;
    const second = await startAnother(coffer);
    other = second.id;
    await coffer.stop(); // a copy is one of a vault that nobody works on
  });

  /** So that a journal may go after its events, or come after them. */
  const ANY_ORDER = ON_POSTGRES
    ? "SET LOCAL session_replication_role = replica"
    : "PRAGMA defer_foreign_keys = ON";

  /** Another process on the same database: its journal is linked to the first one's end. */
  async function startAnother({ config }: Coffer): Promise<{ id: string }> {
    const { openVault } = await import("../../lib/vault/open-vault");
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const { vault } = await openVault({ config, masterKey: TEST_KEY, log, command: "test" });
    await vault.close();
    const { db } = await shared.coffer.database();
    return db.journal.findFirstOrThrow({ where: { id: { not: journal } } });
  }

  /** Verifies a copy of the database in which `change` was made. */
  async function foundAfter(change: (tx: Db) => Promise<unknown>): Promise<string[]> {
    const home = temporaryHome();
    await copyVault(shared.coffer.home, home);
    const databaseUrl = await databaseUrlOf(home);
    const store = await openStore({ databaseUrl, prismaDirectory: "prisma" });
    await store.write(async (tx) => {
      await tx.$executeRawUnsafe(ANY_ORDER);
      await change(tx);
    });
    await store.close();
    const record = await openRecordOf(databaseUrl);
    onTestFinished(() => record.close());
    const steps = verify(record, chain, null, anchors);
    for (;;) {
      const { done, value } = steps.next();
      if (done !== true) continue;
      const nameOf = (id: string) => (id === journal ? "first" : id === other ? "second" : "third");
      return value.findings.items.map(
        ({ kind, journal: id, seq }) => `${kind} ${nameOf(id)} ${String(seq)}`,
      );
    }
  }

  const where = (seq: number) => ({ journalId: journal, seq });
  const columns = `"at", "actorKind", "actorId", "actorName", "action", "environment", "target", "names", "outcome",
    "code", "address", "userAgent", "requestId", "tokenId", "incident", "repeats", "mac"`;
  /** Gives an event the columns of another one. */
  const put = (tx: Db, seq: number, from: number) =>
    tx.$executeRawUnsafe(`UPDATE "AuditEvent" SET (${columns}) = (SELECT ${columns} FROM "AuditEvent" WHERE
      "journalId" = '${journal}' AND "seq" = ${String(from)}) WHERE "journalId" = '${journal}' AND "seq" = ${String(seq)}`);

  const CASES: [what: string, change: (tx: Db) => Promise<unknown>, found: string[]][] = [
    ["nothing", () => Promise.resolve(), []],
    [
      "an event edited",
      (tx) => tx.auditEvent.updateMany({ where: where(9), data: { address: "192.0.2.9" } }),
      ["changed first 9"],
    ],
    [
      "an event deleted",
      (tx) => tx.auditEvent.deleteMany({ where: where(9) }),
      ["missing first 9"],
    ],
    [
      "two events swapped",
      async (tx) => {
        await put(tx, 1_000_000, 9);
        const kept = await tx.auditEvent.findFirstOrThrow({ where: where(9) });
        await put(tx, 9, 20);
        await tx.auditEvent.updateMany({ where: where(20), data: { ...kept, seq: 20 } });
      },
      ["moved first 9", "moved first 20"],
    ],
    ["an event duplicated in place of another", (tx) => put(tx, 9, 20), ["added first 9"]],
    [
      "an event duplicated at the end",
      async (tx) => {
        const event = await tx.auditEvent.findFirstOrThrow({ where: where(9) });
        const { _max } = await tx.auditEvent.aggregate({
          where: { journalId: other },
          _max: { seq: true },
        });
        await tx.auditEvent.create({
          data: { ...event, journalId: other, seq: (_max.seq ?? 0) + 1 },
        });
      },
      ["added second 3"],
    ],
    [
      "the end cut off",
      (tx) => tx.auditEvent.deleteMany({ where: { journalId: journal, seq: { gt: 20 } } }),
      ["cut first 21"],
    ],
    [
      "a whole chain removed",
      async (tx) => {
        await tx.auditEvent.deleteMany({ where: { journalId: journal } });
        await tx.journal.delete({ where: { id: journal } });
      },
      ["cut first 1"],
    ],
    [
      "a chain of another vault put in its place",
      async (tx) => {
        await tx.auditEvent.deleteMany({ where: { journalId: journal } });
        await tx.journal.delete({ where: { id: journal } });
        const { journals, events } = await recordOfAnother();
        for (const data of journals) await tx.journal.create({ data });
        for (const data of events) await tx.auditEvent.create({ data });
      },
      ["added third 1", "cut first 1"],
    ],
  ];

  async function recordOfAnother() {
    const { db } = await (await startCoffer({ home: temporaryHome() })).database();
    return { journals: await db.journal.findMany(), events: await db.auditEvent.findMany() };
  }

  test.each(CASES)("%s", async (_what, change, expected) => {
    expect(await foundAfter(change)).toEqual(expected);
  });
});

test("what was put behind a journal's end is called added by a command whose own journal is linked to it", async () => {
  const coffer = await startCoffer();
  await makeWorld(await asAdmin(coffer));
  await coffer.stop();
  const databaseUrl = coffer.config.databaseUrl;
  const store = await openStore({ databaseUrl, prismaDirectory: "prisma" });
  const { db } = store;
  const journals = await db.journal.findMany({ include: { events: { orderBy: { seq: "asc" } } } });
  const [events = []] = journals.map((each) => each.events).filter(({ length }) => length > 9);
  const [copied, last] = [events[8], events.at(-1)];
  if (!copied || !last) throw new Error("The record has too few events.");
  const seq = last.seq + 1;
  const mac = "A".repeat(43);
  await store.write((tx) => tx.auditEvent.create({ data: { ...copied, seq } }));
  await store.write((tx) =>
    tx.journal.create({ data: { ...journals[0], ...MADE_UP, events: {} } }),
  );
  await store.write((tx) =>
    tx.auditEvent.create({ data: { ...copied, journalId: MADE_UP.id, seq: 1, mac } }),
  );
  await store.close();
  for (let run = 0; run < 2; run++) {
    const { code, stdout } = await runCoffer(["audit", "verify"], coffer);
    expect(code, stdout).toBe(3);
    expect(stdout).toContain(`It is a copy of event ${String(copied.seq)}.`);
    expect(stdout).toContain(`added: event ${String(seq)} of journal ${last.journalId}`);
    expect(stdout).toContain(`added: event 1 of journal ${MADE_UP.id}`);
    expect(stdout).not.toContain("changed: ");
  }
});

/** A journal that Coffer did not open. */
const MADE_UP = { id: "made-up", openedAt: new Date("2031-01-31T12:00:00.000Z") };

describe("denials that are alike", () => {
  const MINUTE_MS = 60_000;
  const limits = { ...NO_LIMITS, repeats: { perMs: MINUTE_MS } };
  const denials = async (coffer: Coffer) =>
    (await coffer.database()).db.auditEvent.findMany({
      where: { outcome: "denied" },
      orderBy: { seq: "asc" },
    });

  test("are on record once, before the answer; the others are counted, with up to 100 names", async () => {
    const coffer = await startCoffer({ limits });
    const admin = await asAdmin(coffer);
    const service = await mustHaveService(coffer, admin, ["MINE_*"]);
    const names = Array.from({ length: 150 }, (_, i) => `OTHER_${String(i)}`);
    for (const [index, name] of names.entries()) {
      expectProblem(await service.resolve(`$SECRET/${name}`), 422, "unresolved", ["failures"]);
      if (index === 0) expect(await denials(coffer)).toHaveLength(1);
    }
    expect(await denials(coffer)).toHaveLength(1);
    await coffer.stop();
    const again = await startCoffer({ home: coffer.home });
    const [first, rest] = await denials(again);
    expect(first).toMatchObject({ names: '[["OTHER_0",0]]', repeats: null });
    expect(rest).toMatchObject({ action: "secrets.resolve", repeats: 149, requestId: "" });
    expect(JSON.parse(rest?.names ?? "")).toEqual(names.slice(1, 101).map((name) => [name, 0]));
    expect(await verified(again, await asAdmin(again))).toMatchObject({ findings: 0 });
  });

  test("are of one caller, one action and one code; of nobody, from one block of addresses", async () => {
    const coffer = await startCoffer({ limits, env: { COFFER_TRUSTED_PROXIES: "127.0.0.1" } });
    const from = (address: string, headers = {}) =>
      new Client(coffer.url, { "x-forwarded-for": address, ...headers });
    const bad = { authorization: "Bearer garbage" };
    const viewers = [await asRole(coffer, "viewer"), await asRole(coffer, "viewer")];
    const before = (await denials(coffer)).length;
    for (let round = 0; round < 3; round++) {
      await from("192.0.2.1").get("/api/v1/whoami");
      await from("192.0.2.1").get("/api/v1/secrets");
      await from("192.0.2.1", bad).get("/api/v1/whoami");
      await from("192.0.2.2").get("/api/v1/whoami");
      await from(`2001:db8::${String(round)}`).get("/api/v1/whoami");
      for (const viewer of viewers) await viewer.get("/api/v1/users");
    }
    expect((await denials(coffer)).length - before).toBe(7);
  });

  test("are answered 503 as everything is while the record can't be written, and it recovers by itself", async () => {
    const coffer = await startCoffer({ limits });
    const viewer = await asRole(coffer, "viewer");
    const deny = () => viewer.get("/api/v1/users");
    expectProblem(await deny(), 403, "forbidden");
    await tamper(coffer, (tx) =>
      refuse(tx, { name: "full", table: "AuditEvent", how: "FAIL", saying: "no" }),
    );
    expectProblem(await viewer.get("/api/v1/whoami"), 503, "unavailable");
    expectProblem(await deny(), 503, "unavailable");
    expectProblem(await asNobody(coffer).get("/health/ready"), 503, "unavailable");
    await tamper(coffer, (tx) => admit(tx, "full"));
    expect((await asNobody(coffer).get("/health/ready")).status).toBe(200);
    expectProblem(await deny(), 403, "forbidden");
    expect(await denials(coffer)).toHaveLength(1);
    expect(await verified(coffer, await asAdmin(coffer))).toMatchObject({ findings: 0 });
  });
});
