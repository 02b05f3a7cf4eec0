import type * as crypto from "node:crypto";
import { expect, it, vi } from "vitest";
import { openBackup, sealBackup } from "./backup-stream";

// Some hundred files are opened here: with a scrypt that costs nothing.
vi.mock("node:crypto", async (original) => {
  const real = await original<typeof crypto>();
  type Done = (error: Error | null, secret: Buffer) => void;
  const scrypt = (text: string, salt: Buffer, length: number, _cost: unknown, done: Done) =>
    done(null, real.scryptSync(text, salt, length, { N: 2 }));
  return { ...real, scrypt };
});

// eslint-disable-next-line @typescript-eslint/require-await -- an iterable as files are
async function* pieces(...all: Buffer[]): AsyncGenerator<Buffer> {
  yield* all;
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of stream) all.push(piece);
  return Buffer.concat(all);
}

it("a backup in which any bit of any byte was changed is refused", async () => {
  const passphrase = "a passphrase for tests";
  const file = await collect(sealBackup(passphrase, pieces(Buffer.from("the content"))));
  const open = (bytes: Buffer) => collect(openBackup(passphrase, pieces(bytes)));
  expect((await open(file)).toString()).toBe("the content");
  for (let bit = 0; bit < file.length * 8; bit++) {
    const changed = Buffer.from(file);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const refusal = expect(open(changed), `bit ${String(bit)}`).rejects;
    await refusal.toMatchObject({ name: "CofferError" });
  }
});
