import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { isCofferError } from "../../lib/errors";
import { IN_THIS_THREAD } from "../../lib/vault/documents";
import { threadedDocuments } from "../../lib/vault/threaded-documents";

/* Large documents are dealt with in another thread, so that a resolve does not wait for one. */

const ROWS = Array.from({ length: 5_000 }, (_, n) => `key_${String(n)}: value # comment\n`).join(
  "",
);
const LARGE = `a: $SECRET/A\n${ROWS}`;
const mediaType = "application/yaml";
const changes = new Map([[0, [{ start: 0, end: 9, put: "a: b" }]]]);

// Where Node finds the packages that the bundle leaves out.
mkdirSync("dist", { recursive: true });
const folder = mkdtempSync(join(process.cwd(), "dist", "test-"));
const bundled = join(folder, "documents.mjs");

beforeAll(async () => {
  await build({
    ...{ entryPoints: ["lib/vault/document-thread.ts"], outfile: bundled, bundle: true },
    ...{ format: "esm", platform: "node", packages: "external", logLevel: "silent" },
  });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function start(entry = bundled) {
  const documents = threadedDocuments(entry);
  onTestFinished(() => documents.close());
  return documents;
}

function entryOf(code: string): string {
  const entry = join(folder, `${String(code.length)}.mjs`);
  writeFileSync(entry, code);
  return entry;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return isCofferError(error) ? error.code : String(error);
}

describe("a large document", () => {
  test("is read and rewritten as it would be in this thread", async () => {
    const documents = start();
    const read = { do: "read", mediaType, text: LARGE } as const;
    expect(await documents.run(read)).toEqual(await IN_THIS_THREAD.run(read));
    const rewrite = { do: "rewrite", mediaType, text: LARGE, changes } as const;
    const expected = LARGE.replace("$SECRET/A", '"a: b"');
    expect(await documents.run(rewrite)).toEqual({ text: expected });
  });

  test("does not keep this thread from its work", async () => {
    const documents = start();
    let turns = 0;
    const count = setInterval(() => turns++, 1);
    for (let n = 0; n < 5; n++) await documents.run({ do: "read", mediaType, text: LARGE });
    clearInterval(count);
    expect(turns).toBeGreaterThan(5);
  });

  test("is one that becomes large, too", async () => {
    const small = { do: "rewrite", mediaType: "text/plain", text: "$SECRET/A" } as const;
    const put = "x".repeat(70_000);
    const large = { ...small, changes: new Map([[0, [{ start: 0, end: 9, put }]]]) };
    const dying = start(entryOf("process.exit(3); // at once"));
    expect(await codeOf(dying.run(large))).toBe("unavailable");
    expect(await start().run(large)).toEqual({ text: put });
  });

  test("is refused with the same error as here", async () => {
    const text = `${LARGE}b: [`;
    const asked = { do: "read", mediaType, text } as const;
    const there = await start()
      .run(asked)
      .catch((error: unknown) => error);
    const here = await IN_THIS_THREAD.run(asked).catch((error: unknown) => error);
    expect(there).toMatchObject({ code: "invalid_document" });
    expect((there as Error).message).toBe((here as Error).message);
  });

  test("is answered though many come at once, and too many are told to try again", async () => {
    const documents = start();
    const asked = { do: "read", mediaType, text: LARGE } as const;
    const codes = await Promise.all(Array.from({ length: 70 }, () => codeOf(documents.run(asked))));
    expect(codes.filter((code) => code === "null")).toHaveLength(65); // one under way, 64 that wait
    expect(codes.filter((code) => code === "unavailable")).toHaveLength(5);
  });
});

describe("a thread that fails", () => {
  test("fails the document that it was at, and the next one has a new thread", async () => {
    const dying = start(
      entryOf(
        'import { parentPort } from "node:worker_threads"; parentPort.on("message", () => process.exit(3));',
      ),
    );
    const asked = { do: "read", mediaType, text: LARGE } as const;
    const both = [codeOf(dying.run(asked)), codeOf(dying.run(asked))];
    expect(await Promise.all(both)).toEqual(["unavailable", "unavailable"]);
    expect(await codeOf(dying.run(asked))).toBe("unavailable");
    // A small one never goes there.
    expect(await codeOf(dying.run({ ...asked, text: "a: 1" }))).toBe("null");
  });

  test("or that is closed, answers nothing more", async () => {
    const silent = start(
      entryOf(
        'import { parentPort } from "node:worker_threads"; parentPort.on("message", () => {}); ',
      ),
    );
    const waiting = codeOf(silent.run({ do: "read", mediaType, text: LARGE }));
    await silent.close();
    expect(await waiting).toBe("unavailable");
  });
});
