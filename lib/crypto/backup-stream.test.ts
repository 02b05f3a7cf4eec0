import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { openBackup, sealBackup } from "./backup-stream";

const PASSPHRASE = "a passphrase for tests";
const CHUNK = 65_536;
const SEALED = CHUNK + 16;

// eslint-disable-next-line @typescript-eslint/require-await -- an iterable as files are
async function* pieces(...all: Buffer[]): AsyncGenerator<Buffer> {
  yield* all;
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of stream) all.push(piece);
  return Buffer.concat(all);
}

const seal = (content: Buffer) => collect(sealBackup(PASSPHRASE, pieces(content)));
const open = (file: Buffer, passphrase = PASSPHRASE) =>
  collect(openBackup(passphrase, pieces(file)));

describe("a backup's stream", () => {
  it.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])("gives back %d bytes", async (length) => {
    const content = randomBytes(length);
    const file = await seal(content);
    expect((await open(file)).equals(content)).toBe(true);
    const inBits = Array.from({ length: Math.ceil(file.length / 999) }, (_, at) =>
      file.subarray(at * 999, (at + 1) * 999),
    );
    expect((await collect(openBackup(PASSPHRASE, pieces(...inBits)))).equals(content)).toBe(true);
  });

  it("has the length that the specification says, and no two files are alike", async () => {
    const [one, other] = [await seal(Buffer.alloc(CHUNK)), await seal(Buffer.alloc(CHUNK))];
    const header = one.toString("latin1").split("\n", 3).join("\n").length + 1;
    expect(one.length).toBe(header + SEALED);
    expect(one.subarray(header).equals(other.subarray(header))).toBe(false);
  });
});

describe("a backup that is not as it was written is refused", () => {
  let file: Buffer;
  let header: number;
  const chunk = (n: number) => file.subarray(header + n * SEALED, header + (n + 1) * SEALED);

  beforeAll(async () => {
    file = await seal(randomBytes(2 * CHUNK + 10));
    header = file.toString("latin1").split("\n", 3).join("\n").length + 1;
  });

  it.each([
    ["another passphrase", "wrong_passphrase", () => open(file, `${PASSPHRASE}.`)],
    ["cut at a chunk's end", "invalid_backup", () => open(file.subarray(0, header + SEALED))],
    ["cut after the header", "invalid_backup", () => open(file.subarray(0, header))],
    ["cut in a chunk", "invalid_backup", () => open(file.subarray(0, header + SEALED + 100))],
    ["cut by a byte", "invalid_backup", () => open(file.subarray(0, -1))],
    ["extended", "invalid_backup", () => open(Buffer.concat([file, Buffer.alloc(1)]))],
    ["extended by a chunk", "invalid_backup", () => open(Buffer.concat([file, chunk(0)]))],
    [
      "two chunks exchanged",
      "invalid_backup",
      () => open(Buffer.concat([file.subarray(0, header), chunk(1), chunk(0), chunk(2)])),
    ],
    [
      "a chunk left out",
      "invalid_backup",
      () => open(Buffer.concat([file.subarray(0, header), chunk(0), chunk(2)])),
    ],
    ["an empty file", "invalid_backup", () => open(Buffer.alloc(0))],
    ["a PNG", "invalid_backup", () => open(Buffer.from("89504e470d0a1a0a0000000d", "hex"))],
  ] as const)("%s: %s", async (_what, code, attempt) => {
    await expect(attempt()).rejects.toMatchObject({ code });
  });

  it("and one of a newer version is told of as that", async () => {
    const newer = Buffer.from(
      file.toString("latin1").replace("backup 1\n", "backup 2\n"),
      "latin1",
    );
    await expect(open(newer)).rejects.toThrow("made by a newer version");
  });
});
