import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, onTestFinished, test, vi } from "vitest";
import { bundleOptions } from "../../scripts/setup/server.mjs";
import { OPERATOR } from "../access/caller";
import type { RecordRows } from "../store/journal-rows";
import { openStore } from "../store/store";
import { AnchorReader } from "./anchor";
import { Chain } from "./chain";
import { Checkpoints } from "./checkpoint";
import { openJournal } from "./journal";
import { verify } from "./verify";

vi.setConfig({ testTimeout: 60_000 });

const ROUNDS = 60;
const key = Buffer.alloc(32, 1);
const happening = (target: string) =>
  ({ caller: OPERATOR, action: "start", target, outcome: "ok" }) as const;

/** The thread that writes the record, which ends at an append, before it or after its commit, once the file of that name is there. */
async function endingThread(
  home: string,
  { before, after }: Record<"before" | "after", string>,
): Promise<string> {
  const entry = join(home, "writer.mjs");
  const js = `
    import { parentPort as port } from "node:worker_threads";
    import { rmSync as remove } from "node:fs";
    let isAppend = false;
    const endAt = (file) => {
      try { remove(file); } catch { return; }
      process.exit(1);
    };
    port.on("message", ({ task }) => {
      isAppend = task.do === "append";
      if (isAppend) endAt(${JSON.stringify(before)});
    });
    const post = port.postMessage.bind(port);
    port.postMessage = (answer) => {
      if (isAppend) endAt(${JSON.stringify(after)});
      post(answer);
    };`;
  await build({ ...bundleOptions("lib/audit/write-thread.ts", entry), banner: { js } });
  return entry;
}

test("where the thread ends before or after its commit, the journal goes on, and has all that was acknowledged", async () => {
  const home = mkdtempSync(join(process.cwd(), "node_modules", ".writer-gone-")); // where its packages are found
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const files = { before: join(home, "before"), after: join(home, "after") };
  const store = await openStore({
    databaseUrl: `file:${join(home, "coffer.db")}`,
    writer: await endingThread(home, files),
    prismaDirectory: join(process.cwd(), "prisma"),
  });
  onTestFinished(() => store.close());
  await store.write((tx) => tx.revision.create({ data: { id: 1, counter: 7 } }));
  const journal = await openJournal(store, happening("first"), () => new Date(), key, 5);
  const acknowledged: string[] = [];
  const kept = (target: string, work: Promise<unknown>) =>
    work.then(
      () => acknowledged.push(target),
      () => undefined,
    );
  for (let round = 0; round < ROUNDS; round++) {
    if (round % 4 === 1) writeFileSync(files.before, "");
    if (round % 4 === 3) writeFileSync(files.after, "");
    const [read, other, change] = ["read", "other", "change"].map(
      (what) => `${String(round)} ${what}`,
    );
    if (!read || !other || !change) throw new Error("There are three.");
    await Promise.all([
      kept(read, journal.record(happening(read))),
      kept(other, journal.record(happening(other))),
      kept(
        change,
        journal.commit(async (_tx, note) => {
          note(happening(change));
          await Promise.resolve();
        }),
      ),
    ]);
  }
  const { vault, publicKey } = new Checkpoints("V".repeat(22), key).anchors;
  const anchors = new AnchorReader(vault, publicKey);
  const steps = verify(store.direct.record as RecordRows, new Chain(key), null, anchors);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  expect(step.value.findings.items).toEqual([]);
  const targets = (await store.db.auditEvent.findMany()).map(({ target }) => target);
  expect(targets).toEqual(expect.arrayContaining(acknowledged));
  expect(acknowledged.length).toBeGreaterThan(ROUNDS); // the thread was started again
  expect(acknowledged.length).toBeLessThan(3 * ROUNDS); // and it had ended
});
