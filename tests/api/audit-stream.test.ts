import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import type { RecordEvent, SinkInfo } from "../../lib/shapes";
import { openStore, type Store } from "../../lib/store/store";
import {
  asAdmin,
  Client,
  must,
  mustCreateSecret,
  mustHaveService,
  startCoffer,
  tamper,
  temporaryHome,
  type Coffer,
} from "../support/coffer";
import { runCoffer } from "../support/command";
import { databaseUrlOf, ON_POSTGRES } from "../support/database";
import { eventually } from "../support/eventually";
import { TEST_ADMIN } from "../support/keys";
import { blocksOf } from "../support/guide";
import { freePort, startProcess } from "../support/process";
import { signIn } from "../support/sign-in";
import {
  eventsIn,
  isSigned,
  signed,
  startReceiver,
  TAKE,
  WEBHOOK_SECRET,
  type Reaction,
  type WebhookReceiver,
} from "../support/webhook-receiver";

const LONG = 180_000;

const place = ({ journal, seq }: RecordEvent) => `${journal} ${String(seq)}`;

/** Where every event of the record stands, in the order of each journal. */
async function onRecord({ db }: Store): Promise<string[]> {
  const rows = await db.auditEvent.findMany({ orderBy: [{ journalId: "asc" }, { seq: "asc" }] });
  return rows.map(({ journalId, seq }) => `${journalId} ${String(seq)}`);
}

/** Each event once, as it first came; it must have come after all that come before it in its journal. */
function firstTimes(events: readonly RecordEvent[]): string[] {
  const ends = new Map<string, number>();
  for (const { journal, seq } of events) {
    const end = ends.get(journal) ?? 0;
    expect(seq).toBeLessThanOrEqual(end + 1);
    ends.set(journal, Math.max(end, seq));
  }
  return [...new Set(events.map(place))].sort();
}

async function expectAllArrive(coffer: Coffer, events: () => RecordEvent[]): Promise<void> {
  const store = await coffer.database();
  await eventually(async () => {
    expect(firstTimes(events())).toEqual((await onRecord(store)).sort());
  });
}

async function sinkOf(admin: Client): Promise<SinkInfo> {
  const { items } = must(200, await admin.get("/api/v1/audit/sinks")) as { items: [SinkInfo] };
  return items[0];
}

describe("a webhook", () => {
  test(
    "is given every event, in order, as it is on record, signed",
    { timeout: LONG },
    async () => {
      const receiver = await startReceiver();
      const coffer = await startCoffer({ env: receiver.env });
      const admin = await asAdmin(coffer);
      await mustCreateSecret(admin, "API_KEY", "value-of-the-key");
      const service = await mustHaveService(coffer, admin, ["API_*"]);
      await service.resolve("$SECRET/API_KEY $SECRET/OTHER");
      await service.resolve("$SECRET/API_KEY");
      await expectAllArrive(coffer, () => receiver.taken);

      const resolves = receiver.taken.filter(({ action }) => action === "secrets.resolve");
      expect(resolves).toMatchObject([
        { outcome: "denied", code: "unresolved", names: [{ name: "OTHER", version: 0 }] },
        { outcome: "ok", names: [{ name: "API_KEY", version: 1 }], environment: "default" },
      ]);
      const { db } = await coffer.database();
      const [, last] = resolves;
      if (!last) throw new Error("The resolve has not arrived.");
      const row = await db.auditEvent.findUniqueOrThrow({
        where: { journalId_seq: { journalId: last.journal, seq: last.seq } },
      });
      expect(last).toMatchObject({
        ...{ at: row.at.toISOString(), requestId: row.requestId, tokenId: row.tokenId },
        actor: { kind: "service", id: row.actorId, name: row.actorName },
      });
      for (const batch of receiver.batches) {
        expect(batch.headers["content-type"]).toBe("application/x-ndjson");
        expect(isSigned(batch)).toBe(true);
        expect(isSigned(batch, `${WEBHOOK_SECRET}!`)).toBe(false);
        expect(isSigned({ ...batch, body: batch.body.replace("ok", "no") })).toBe(false);
        expect(batch.body).not.toContain("value-of-the-key");
      }
      expect(await sinkOf(admin)).toMatchObject({ kind: "webhook", problem: null });
    },
  );

  test(
    "is given what is on record from before, and what other processes put there",
    async () => {
      const home = temporaryHome();
      const before = await startCoffer({ home });
      await mustCreateSecret(await asAdmin(before), "OLD", "v");
      await before.stop();
      const receiver = await startReceiver();
      const coffer = await startCoffer({ home, env: receiver.env });
      const beside = await startCoffer({ home });
      await mustCreateSecret(await asAdmin(beside), "BESIDE", "v");
      const added = await runCoffer(
        ["users", "add", "ops@example.com", "--name", "Ops", "--role", "viewer"],
        { home, input: "a-password-long-enough\n" },
      );
      expect(added, added.stderr).toMatchObject({ code: 0 });
      await expectAllArrive(coffer, () => receiver.taken);
      const targets = receiver.taken.map(({ target }) => target);
      expect(targets).toEqual(expect.arrayContaining(["OLD", "BESIDE", "ops@example.com"]));
    },
    LONG,
  );

  test(
    "is given each event once where nothing fails, whoever of two processes delivers it",
    async () => {
      const home = temporaryHome();
      const receiver = await startReceiver();
      const one = await startCoffer({ home, env: receiver.env });
      const two = await startCoffer({ home, env: receiver.env });
      await mustCreateSecret(await asAdmin(one), "ONE", "v");
      await mustCreateSecret(await asAdmin(two), "TWO", "v");
      await expectAllArrive(one, () => receiver.taken);
      await one.stop();
      await mustCreateSecret(await asAdmin(two), "THREE", "v");
      await expectAllArrive(two, () => receiver.taken);
      expect(receiver.taken.length).toBe(new Set(receiver.taken.map(place)).size);
      expect(receiver.taken.filter(({ action }) => action === "stop")).toHaveLength(1);
    },
    LONG,
  );

  test(
    "has the end of the record when Coffer has stopped, and nothing twice from the next start",
    async () => {
      const home = temporaryHome();
      const receiver = await startReceiver();
      const first = await startCoffer({ home, env: receiver.env });
      await mustCreateSecret(await asAdmin(first), "LAST", "v");
      await first.stop();
      expect(receiver.taken.at(-1)).toMatchObject({ action: "stop" });
      const second = await startCoffer({ home, env: receiver.env });
      await expectAllArrive(second, () => receiver.taken);
      expect(receiver.taken.length).toBe(new Set(receiver.taken.map(place)).size);
    },
    LONG,
  );
});

describe("a receiver", () => {
  const hang: Reaction = () => undefined;
  const failing: [name: string, reaction: Reaction, problem: RegExp][] = [
    ["answers 500", (response) => response.writeHead(500).end("{}"), /answered 500/],
    ["answers 401", (response) => response.writeHead(401).end(), /answered 401/],
    ["closes", (response) => response.destroy(), /closed the connection \(ECONNRESET\)/],
    [
      "closes in the middle of its answer",
      (response) => {
        response.writeHead(200, { "Content-Length": 10 }).write("half");
        setImmediate(() => response.destroy());
      },
      /closed the connection/,
    ],
  ];

  test.each(failing)(
    "that %s is tried again, and all of it arrives later",
    async (_, reaction, problem) => {
      const receiver = await startReceiver(reaction);
      const coffer = await startCoffer({ env: receiver.env });
      const admin = await asAdmin(coffer);
      await eventually(async () => {
        const sink = await sinkOf(admin);
        expect(sink).toMatchObject({ state: "failing", deliveredAt: null });
        expect(sink.problem).toMatch(problem);
        expect(sink.waiting).toBeGreaterThan(0);
      });
      expect(receiver.batches.length).toBeGreaterThan(0);
      receiver.reaction = TAKE;
      await expectAllArrive(coffer, () => receiver.taken);
      await eventually(async () => {
        expect(await sinkOf(admin)).toMatchObject({ failingSince: null, problem: null });
      });
      const warnings = coffer.log.filter((line) => line.includes("can't be delivered"));
      expect(warnings).toHaveLength(1);
      expect(coffer.log.join("\n")).not.toMatch(/in-the-address|a-secret-of-the/);
    },
    LONG,
  );

  test(
    "that redirects is not followed, and people are told what to set",
    async () => {
      const inside = await startReceiver();
      const to = String(inside.env["COFFER_AUDIT_WEBHOOK_URL"]);
      const redirects = [302, 307];
      const receiver = await startReceiver((response) => {
        response.writeHead(redirects[0] ?? 301, { Location: to }).end();
      });
      const coffer = await startCoffer({ env: receiver.env });
      const admin = await asAdmin(coffer);
      while (redirects.length > 0) {
        const before = receiver.batches.length;
        await eventually(() => {
          expect(receiver.batches.length).toBeGreaterThan(before);
        });
        redirects.shift();
      }
      await eventually(async () => {
        expect((await sinkOf(admin)).problem).toMatch(/redirect.*COFFER_AUDIT_WEBHOOK_URL/);
      });
      expect(inside.batches).toEqual([]);
      expect(receiver.taken).toEqual([]);
    },
    LONG,
  );

  test(
    "that says it is too much is given less at a time, until it takes it",
    async () => {
      const receiver = await startReceiver((response, { events }) => {
        response.writeHead(events.length > 3 ? 413 : 200).end();
      });
      const home = temporaryHome();
      const quiet = await startCoffer({ home });
      const admin = await asAdmin(quiet);
      for (let i = 0; i < 8; i++) await mustCreateSecret(admin, `S_${String(i)}`, "v");
      await quiet.stop();
      const coffer = await startCoffer({ home, env: receiver.env });
      await expectAllArrive(coffer, () => receiver.taken);
    },
    LONG,
  );

  test(
    "that never answers is in nobody's way, and gets it again after that",
    async () => {
      const receiver = await startReceiver(hang);
      const coffer = await startCoffer({ env: receiver.env });
      const admin = await asAdmin(coffer);
      await mustCreateSecret(admin, "KEY", "v");
      const service = await mustHaveService(coffer, admin, ["KEY"]);
      await eventually(() => {
        expect(receiver.batches.length).toBeGreaterThan(0);
      });
      for (let i = 0; i < 50; i++) {
        expect((await service.resolve("$SECRET/KEY")).json?.["config"]).toBe("v");
      }
      expect(receiver.taken).toEqual([]); // all of these were answered without any answer there
      await eventually(async () => {
        expect((await sinkOf(admin)).problem).toMatch(/did not answer within 10 seconds/);
      });
      receiver.reaction = TAKE;
      await expectAllArrive(coffer, () => receiver.taken);
    },
    LONG,
  );

  test(
    "that never answers does not keep Coffer from stopping",
    async () => {
      const receiver = await startReceiver(hang);
      const coffer = await startCoffer({ env: receiver.env });
      await eventually(() => {
        expect(receiver.batches.length).toBeGreaterThan(0);
      });
      await coffer.stop();
      expect(receiver.batches).toHaveLength(1);
    },
    LONG,
  );
});

test(
  "after a kill -9 between delivery and cursor, what was delivered comes again, and nothing is left out",
  async () => {
    const home = temporaryHome();
    let killing: (() => void) | undefined;
    const receiver: WebhookReceiver = await startReceiver((response, { events }) => {
      if (!killing || events.every(({ target }) => target !== "KILLED")) {
        response.writeHead(200).end();
        return;
      }
      killing(); // has it all by now, and Coffer does not know
    });
    const env = {
      ...receiver.env,
      COFFER_ADMIN_EMAIL: TEST_ADMIN.email,
      COFFER_ADMIN_PASSWORD: TEST_ADMIN.password,
    };
    const first = await startProcess({ home, env });
    const killed = new Promise((resolve) => {
      killing = () => resolve(first.end("SIGKILL"));
    });
    const admin = new Client(first.url, {
      cookie: await signIn(first.url, TEST_ADMIN.email, TEST_ADMIN.password),
      origin: first.url,
    });
    await mustCreateSecret(admin, "KILLED", "v");
    await killed;
    killing = undefined;
    const second = await startProcess({ home, env });
    await eventually(() => {
      expect(receiver.taken.map(({ target }) => target)).toContain("KILLED");
    });
    expect(await second.end("SIGTERM")).toBe(0);
    const all = receiver.batches.flatMap(({ events }) => events);
    expect(all.filter(({ target }) => target === "KILLED")).toHaveLength(2);
    const databaseUrl = await databaseUrlOf(home);
    const store = await openStore({ databaseUrl, prismaDirectory: "prisma" });
    expect(firstTimes(receiver.taken)).toEqual((await onRecord(store)).sort());
    await store.close();
  },
  LONG,
);

test.skipIf(ON_POSTGRES)(
  "a thread that reads for the sinks and ends is started again: nothing is left out, and nothing comes twice",
  async () => {
    const home = temporaryHome();
    const [doomed, lines] = [join(home, "doomed"), join(home, "thread.mjs")];
    const thread = pathToFileURL(join(process.cwd(), "dist/lines.js")).href;
    writeFileSync(
      lines,
      `import { existsSync, rmSync } from "node:fs";
      import { parentPort } from "node:worker_threads";
      import ${JSON.stringify(thread)};
      const doomed = ${JSON.stringify(doomed)};
      parentPort.on("message", () => {
        if (!existsSync(doomed)) return;
        rmSync(doomed);
        process.exit(1); // before it has answered
      });`,
    );
    writeFileSync(doomed, "");
    const receiver = await startReceiver();
    const coffer = await startCoffer({ home, env: receiver.env, lines });
    const admin = await asAdmin(coffer);
    await mustCreateSecret(admin, "BEFORE", "v");
    await expectAllArrive(coffer, () => receiver.taken);
    writeFileSync(doomed, "");
    await mustCreateSecret(admin, "MEANWHILE", "v");
    await expectAllArrive(coffer, () => receiver.taken);
    expect(existsSync(doomed)).toBe(false);
    expect(receiver.taken.length).toBe(new Set(receiver.taken.map(place)).size);
    const said = coffer.log.filter((line) => line.includes("could not be read for a sink"));
    expect(said).toHaveLength(2);
  },
  LONG,
);

describe("a cursor", () => {
  test(
    "that something other than Coffer has moved is not believed",
    async () => {
      const home = temporaryHome();
      const receiver = await startReceiver((response) => void response.writeHead(503).end());
      const first = await startCoffer({ home, env: receiver.env });
      await mustCreateSecret(await asAdmin(first), "HIDDEN", "v");
      await first.stop();
      expect(receiver.taken).toEqual([]);
      const between = await startCoffer({ home });
      const journals = await (await between.database()).db.journal.findMany();
      await tamper(between, (tx) =>
        tx.auditCursor.createMany({
          data: journals.map(({ id }) => ({
            ...{ sinkId: "webhook", journalId: id, seq: 1_000_000, mac: "A".repeat(43) },
          })),
        }),
      );
      await between.stop();
      receiver.reaction = TAKE;
      const second = await startCoffer({ home, env: receiver.env });
      await expectAllArrive(second, () => receiver.taken);
      expect(receiver.taken.map(({ target }) => target)).toContain("HIDDEN");
    },
    LONG,
  );
});

describe("a file", () => {
  const envOf = (path: string) => ({ COFFER_AUDIT_STREAM: path });
  const read = (path: string) => () =>
    existsSync(path) ? eventsIn(readFileSync(path, "utf8")) : [];

  test(
    "is given every event as a line, and readable by its owner only",
    async () => {
      const home = temporaryHome();
      const path = join(home, "audit.jsonl");
      const coffer = await startCoffer({ home, env: envOf(path) });
      const admin = await asAdmin(coffer);
      await mustCreateSecret(admin, "KEY", "value-of-the-key");
      await expectAllArrive(coffer, read(path));
      expect(readFileSync(path, "utf8")).not.toContain("value-of-the-key");
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(await sinkOf(admin)).toMatchObject({ kind: "stream", to: path, problem: null });
      await coffer.stop();
      expect(read(path)().at(-1)).toMatchObject({ action: "stop" });
    },
    LONG,
  );

  test(
    "that is renamed is followed by a new one, and no event is lost between them",
    async () => {
      const home = temporaryHome();
      const [path, rotated] = [join(home, "audit.jsonl"), join(home, "audit.jsonl.1")];
      const coffer = await startCoffer({ home, env: envOf(path) });
      const admin = await asAdmin(coffer);
      await mustCreateSecret(admin, "BEFORE", "v");
      await expectAllArrive(coffer, read(path));
      renameSync(path, rotated);
      await mustCreateSecret(admin, "AFTER", "v");
      await expectAllArrive(coffer, () => [...read(rotated)(), ...read(path)()]);
      expect(read(path)().map(({ target }) => target)).toContain("AFTER");
      expect(read(rotated)().map(({ target }) => target)).not.toContain("AFTER");
    },
    LONG,
  );

  test(
    "that can't be written is tried again, and says why",
    async () => {
      const home = temporaryHome();
      const folder = join(home, "logs");
      const path = join(folder, "audit.jsonl");
      const coffer = await startCoffer({ home, env: envOf(path) });
      const admin = await asAdmin(coffer);
      await eventually(async () => {
        expect((await sinkOf(admin)).problem).toMatch(/ENOENT.*folder does not exist/);
      });
      mkdirSync(path, { recursive: true });
      await eventually(async () => {
        expect((await sinkOf(admin)).problem).toMatch(/EISDIR/);
      });
      rmSync(path, { recursive: true });
      await expectAllArrive(coffer, read(path));
    },
    LONG,
  );

  test(
    "that ends inside a line, because its writer was killed, goes on in a new one",
    async () => {
      const home = temporaryHome();
      const path = join(home, "audit.jsonl");
      writeFileSync(path, '{"journal":"half');
      const coffer = await startCoffer({ home, env: envOf(path) });
      await eventually(() => {
        expect(readFileSync(path, "utf8")).toContain("\n");
      });
      await coffer.stop();
      const [half, ...lines] = readFileSync(path, "utf8").split("\n");
      expect(half).toBe('{"journal":"half');
      expect(eventsIn(lines.join("\n")).map(({ action }) => action)).toContain("start");
    },
    LONG,
  );

  test(
    "and a webhook each get everything, whatever becomes of the other",
    async () => {
      const home = temporaryHome();
      const path = join(home, "audit.jsonl");
      const receiver = await startReceiver((response) => void response.writeHead(500).end());
      const coffer = await startCoffer({ home, env: { ...envOf(path), ...receiver.env } });
      await mustCreateSecret(await asAdmin(coffer), "KEY", "v");
      await expectAllArrive(coffer, read(path));
      expect(receiver.taken).toEqual([]);
      receiver.reaction = TAKE;
      await expectAllArrive(coffer, () => receiver.taken);
    },
    LONG,
  );
});

describe("the guide", () => {
  /** Starts a receiver of the guide. Returns where it listens, and what it has printed. */
  async function startExample(command: string, file: string, code: string) {
    const home = temporaryHome();
    writeFileSync(join(home, file), code);
    const port = String(await freePort());
    const env = { PATH: process.env["PATH"], PORT: port, WEBHOOK_SECRET };
    const child = spawn(command, [file], { cwd: home, env: { NODE_ENV: "production", ...env } });
    onTestFinished(() => void child.kill());
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text: Buffer) => (output += text.toString()));
    }
    const url = `http://127.0.0.1:${port}/`;
    await eventually(() => fetch(url, { method: "POST", body: "" }).then(() => undefined));
    return { url, output: () => output };
  }

  const examples: [language: string, command: string, file: string][] = [
    ["js", process.execPath, "receiver.mjs"],
    ["python", "python3", "receiver.py"],
  ];
  test.each(examples)(
    "'s receiver in %s takes what Coffer sends, and nothing else",
    async (language, command, file) => {
      const [code = ""] = blocksOf("audit-stream.md", language);
      const example = await startExample(command, file, code);
      const coffer = await startCoffer({
        env: {
          COFFER_AUDIT_WEBHOOK_URL: example.url,
          COFFER_AUDIT_WEBHOOK_SECRET: WEBHOOK_SECRET,
        },
      });
      const store = await coffer.database();
      await eventually(async () => {
        for (const place of await onRecord(store)) expect(example.output()).toContain(place);
      });
      const now = String(Math.floor(Date.now() / 1_000));
      const long = String(Math.floor(Date.now() / 1_000) - 3_600);
      const body = '{"journal":"forged","seq":1,"action":"x"}\n';
      const forged: [timestamp: string, signature: string][] = [
        [now, signed(now, body, "another-secret-altogether")],
        [now, signed(now, `${body} `)],
        [now, signed(long, body)],
        [long, signed(long, body)],
        [now, ""],
        [now, "v1="],
      ];
      for (const [timestamp, signature] of forged) {
        const headers = { "X-Coffer-Timestamp": timestamp, "X-Coffer-Signature": signature };
        const { status } = await fetch(example.url, { method: "POST", body, headers });
        expect(status).toBe(401);
      }
      expect(example.output()).not.toContain("forged");
      const headers = { "X-Coffer-Timestamp": now, "X-Coffer-Signature": signed(now, body) };
      expect((await fetch(example.url, { method: "POST", body, headers })).status).toBe(204);
    },
    LONG,
  );

  test(
    "shows an event with the members that every event has",
    async () => {
      const receiver = await startReceiver();
      await startCoffer({ env: receiver.env });
      await eventually(() => {
        expect(receiver.taken.length).toBeGreaterThan(0);
      });
      const [example = "{}"] = blocksOf("audit-stream.md", "json");
      const members = Object.keys(JSON.parse(example) as object);
      for (const event of receiver.taken) expect(Object.keys(event)).toEqual(members);
    },
    LONG,
  );
});

test(
  "standard output has every event as a line of its own among those of the log",
  async () => {
    const home = temporaryHome();
    const env = {
      COFFER_AUDIT_STREAM: "stdout",
      COFFER_ADMIN_EMAIL: TEST_ADMIN.email,
      COFFER_ADMIN_PASSWORD: TEST_ADMIN.password,
    };
    const coffer = await startProcess({ home, env });
    await signIn(coffer.url, TEST_ADMIN.email, TEST_ADMIN.password);
    expect(await coffer.end("SIGTERM")).toBe(0);
    const lines = coffer.output().split("\n");
    const events = lines.filter((line) => line.startsWith('{"journal":'));
    const actions = eventsIn(`${events.join("\n")}\n`).map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(["start", "sign_in", "stop"]));
  },
  LONG,
);
