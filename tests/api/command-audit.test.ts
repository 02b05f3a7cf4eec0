import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { COMMANDS } from "../../lib/cli/commands";
import { openStore } from "../../lib/store/store";
import { asAdmin, mustCreateSecret, startCoffer, tamper, type Coffer } from "../support/coffer";
import { runCoffer } from "../support/command";
import { TEST_ADMIN } from "../support/keys";

const PASSPHRASE = "a passphrase of some length";

/**
 * Every command with arguments that it succeeds with, and what it leaves on record as the operator. A command that is
 * added and has none fails the test.
 */
const EXAMPLES: Record<string, { args: string[]; input?: string; event: object }> = {
  import: { args: ["a.env"], event: { action: "secrets.import", code: "", names: '[["ONE",1]]' } },
  backup: {
    args: ["a.backup", "--passphrase-stdin"],
    input: PASSPHRASE,
    event: { action: "backup.create" },
  },
  "keys status": { args: [], event: { action: "keys.read" } },
  "keys rekey": { args: [], event: { action: "keys.read" } }, // keys.test.ts has one under way
  "keys rotate": { args: [], event: { action: "keys.rotate", target: "data key 2" } },
  "keys check": { args: [], event: { action: "keys.check" } },
  "users add": {
    args: ["ada@example.com"],
    event: { action: "users.create", target: "ada@example.com" },
  },
  "users reset": {
    args: [TEST_ADMIN.email],
    event: { action: "users.password", target: TEST_ADMIN.email },
  },
  "audit verify": { args: [], event: { action: "audit.verify", code: "intact" } },
  "audit export": { args: ["a.jsonl"], event: { action: "audit.export", target: "" } },
  "audit checkpoint": { args: [], event: { action: "audit.checkpoint" } },
};

/** In a vault of its own: backup.test.ts, keys-reset.test.ts and command-move.test.ts have their events. */
const ELSEWHERE: readonly string[] = ["restore", "migrate-to", "keys reset"];

async function onRecord({ config }: Pick<Coffer, "config">, journalOf: string) {
  const store = await openStore({ databaseUrl: config.databaseUrl, prismaDirectory: "prisma" });
  try {
    const start = await store.db.auditEvent.findFirstOrThrow({
      where: { action: "start", target: `coffer ${journalOf}` },
    });
    return await store.db.auditEvent.findMany({
      where: { journalId: start.journalId },
      orderBy: { seq: "asc" },
    });
  } finally {
    await store.close();
  }
}

// A dozen processes, one after the other.
const LONG = { timeout: 600_000 };

test(
  "every command is on record as the operator's: its start, what it does, and its stop",
  LONG,
  async () => {
    const coffer = await startCoffer();
    writeFileSync(join(coffer.home, "a.env"), "ONE=value\n");
    for (const { name } of COMMANDS.filter((command) => !ELSEWHERE.includes(command.name))) {
      const example = EXAMPLES[name];
      if (!example) throw new Error(`There is no example for coffer ${name}: add one.`);
      const { args, input, event } = example;
      const ran = await runCoffer([...name.split(" "), ...args], {
        home: coffer.home,
        ...(input !== undefined && { input }),
      });
      expect(ran.code, `${name}: ${ran.stderr}`).toBe(0);
      const events = await onRecord(coffer, name);
      for (const { actorKind, address } of events) {
        expect([actorKind, address], name).toEqual(["operator", "local"]);
      }
      expect(events.at(-1), name).toMatchObject({ action: "stop", target: `coffer ${name}` });
      expect(events, name).toContainEqual(expect.objectContaining({ outcome: "ok", ...event }));
    }
    const ran = await runCoffer(["audit", "verify", "--json"], { home: coffer.home });
    expect(JSON.parse(ran.stdout)).toMatchObject({
      findings: 0,
      journals: COMMANDS.length - ELSEWHERE.length + 2,
    });
  },
);

test("coffer audit verify names what was changed, with an exit code of its own; a checkpoint finds what was cut off", async () => {
  const coffer = await startCoffer();
  const admin = await asAdmin(coffer);
  await mustCreateSecret(admin, "KEY", "value");
  const { home } = coffer;
  const checkpoint = await runCoffer(["audit", "checkpoint"], { home });
  expect(checkpoint.stdout).toMatch(
    /^coffer-checkpoint 1\nvault .*\nat .*\njournal [^]*\nsignature /,
  );
  writeFileSync(join(home, "kept"), checkpoint.stdout);
  const withKept = ["audit", "verify", "--checkpoint", "kept"];
  const intact = await runCoffer(withKept, { home });
  expect(intact.code, intact.stderr).toBe(0);
  expect(intact.stdout).toContain("All of them are as Coffer wrote them.");

  const where = { journalId: /^journal (\S+)/m.exec(checkpoint.stdout)?.[1] ?? "" };
  await tamper(coffer, (tx) => tx.auditEvent.deleteMany({ where: { ...where, seq: { gt: 1 } } }));
  const cut = await runCoffer([...withKept, "--json"], { home });
  expect(cut.code).toBe(3);
  expect(JSON.parse(cut.stdout)).toMatchObject({ items: [{ kind: "cut", seq: 2 }] });

  await tamper(coffer, (tx) =>
    tx.auditEvent.updateMany({
      where: { action: "secrets.create" },
      data: { actorName: "\u001b[2J" },
    }),
  );
  const found = await runCoffer(["audit", "verify"], { home });
  expect(found.code).toBe(3);
  expect(found.stdout).toMatch(/changed: event \d+ of journal [0-9a-f-]{36}/);
  expect(found.stdout).not.toContain("\u001b");

  for (const args of [
    ["--checkpoint", "nowhere"],
    ["--checkpoint", "."],
  ]) {
    expect((await runCoffer(["audit", "verify", ...args], { home })).code).toBe(2);
  }
  writeFileSync(join(home, "kept"), checkpoint.stdout.replace("coffer-checkpoint", "another"));
  const refused = await runCoffer(withKept, { home });
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("not a checkpoint")]);
});
