import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RecordSearcher } from "../store/record-searcher";
import { searchInThread } from "./threaded-record";

let home: string;
let searcher: RecordSearcher | undefined;
let warnings: object[];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "coffer-thread-"));
  warnings = [];
});

afterEach(async () => {
  await searcher?.close();
  rmSync(home, { recursive: true, force: true });
});

/** A search whose thread does this when it is given a task. */
function searchBy(script: string): RecordSearcher {
  const entry = join(home, "thread.mjs");
  writeFileSync(
    entry,
    `import { parentPort } from "node:worker_threads";
    parentPort.on("message", ({ id, task }) => { ${script} });`,
  );
  const warn = (fields: object, message: string) => warnings.push({ ...fields, message });
  return (searcher = searchInThread(entry, "file:none", { warn }));
}

describe("a search in a thread", () => {
  it("that can't be done fails with the kind and code of the error, and where it was", async () => {
    const search = searchBy(`
      const failed = { kind: "SqliteError", code: "SQLITE_CORRUPT", at: ["at look (record.js:1:1)"] };
      parentPort.postMessage({ id, failed });`);
    await expect(search.run({ do: "span" })).rejects.toMatchObject({
      ...{ name: "SqliteError", code: "SQLITE_CORRUPT" },
      stack: expect.stringContaining("record.js:1:1") as string,
    });
    expect(warnings).toEqual([]);
  });

  it("that can't be done yet says so in the words of who found it out", async () => {
    const search = searchBy(`
      const failed = { kind: "CofferError", code: "unavailable", at: [], said: "It is being copied." };
      parentPort.postMessage({ id, failed });`);
    await expect(search.run({ do: "span" })).rejects.toMatchObject({
      ...{ name: "CofferError", code: "unavailable", message: "It is being copied." },
    });
  });

  it("whose thread ends fails with the reason, which the log has too, and the next has a new thread", async () => {
    const search = searchBy(`
      if (task.do === "span") throw new RangeError("row: x");
      parentPort.postMessage({ id, result: { events: [], next: null } });`);
    await expect(search.run({ do: "span" })).rejects.toMatchObject({
      ...{ message: "the thread has ended", cause: { name: "RangeError" } },
    });
    expect(warnings).toMatchObject([
      { kind: "RangeError", message: "the thread that searches the audit record has ended" },
    ]);
    expect(JSON.stringify(warnings)).not.toContain("row: x");
    const page = await search.run({ do: "page", filter: {}, limit: 1 });
    expect(page).toEqual({ events: [], next: null });
  });
});
