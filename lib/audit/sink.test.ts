import { execFileSync } from "node:child_process";
import { constants, mkdtempSync, rmSync, statSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileSink } from "./sink-file";
import { webhookSink } from "./sink-webhook";

let home: string;
let files: FileHandle[] = [];
let servers: Server[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "coffer-sink-"));
});

afterEach(async () => {
  for (const file of files) await file.close();
  files = [];
  for (const server of servers) server.close().closeAllConnections();
  servers = [];
  rmSync(home, { recursive: true, force: true });
});

async function opened(path: string, flags: string | number): Promise<FileHandle> {
  const file = await open(path, flags);
  files.push(file);
  return file;
}

describe("a file that is closed while it is written", () => {
  it("has no byte written to whatever file has its number then", async () => {
    const pipe = join(home, "pipe");
    execFileSync("mkfifo", [pipe]);
    const reader = await opened(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const sink = fileSink(pipe);
    const delivery = sink
      .deliver(Buffer.from("x".repeat(1_000_000) + "\n"))
      .catch((error: unknown) => error);
    const some = Buffer.alloc(1_000);
    while ((await reader.read(some, 0, 1_000).catch(() => null))?.bytesRead !== 1_000) {
      await new Promise((resolve) => setTimeout(resolve, 5)); // until it waits for room in the pipe
    }
    await sink.close();
    const others = Array.from({ length: 10 }, (_, at) => join(home, `other-${String(at)}`));
    for (const other of others) await opened(other, "w");
    expect(await delivery).toMatchObject({ name: "SinkError" });
    expect(others.map((other) => statSync(other).size)).toEqual(others.map(() => 0));
  });
});

/** A webhook whose receiver takes a post and never answers it; `taken` is called for each. */
async function silent(taken: () => void, timeoutMs?: number) {
  const server = createServer((request) => void request.resume().on("end", taken));
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = new URL(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`);
  return webhookSink({ url, secret: "s" }, () => new Date(), timeoutMs);
}

describe("a webhook that does not answer", () => {
  it("is given up when its time is over, which is told", async () => {
    const sink = await silent(() => undefined, 50);
    await expect(sink.deliver(Buffer.from("{}\n"))).rejects.toThrow("did not answer");
  });

  it("is given up as soon as the sink is closed, and nothing is posted after that", async () => {
    let posts = 0;
    let isTaken = (): void => undefined;
    const taken = new Promise<void>((done) => (isTaken = done));
    const sink = await silent(() => {
      posts += 1;
      isTaken();
    });
    const first = sink.deliver(Buffer.from("{}\n")).catch((error: unknown) => error);
    await taken;
    await sink.close();
    expect(await first).toMatchObject({ message: expect.stringContaining("closed") as string });
    await expect(sink.deliver(Buffer.from("{}\n"))).rejects.toThrow("can't be reached");
    expect(posts).toBe(1);
  });
});
