import { readFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { UsageError, type Context, type Given, type Option } from "./command";

const MAX_BYTES = 64 * 1024;

/** The options by which a command takes a secret text: never as an argument, which every process can see. */
export function secretOptions(what: string): Record<string, Option> {
  return {
    [`${what}-stdin`]: {
      type: "boolean",
      means: `Read the ${what} from standard input; on a terminal it is asked for and not shown.`,
    },
    [`${what}-file`]: {
      ...{ type: "string", takes: "FILE" },
      means: `Read the ${what} from a file, less one trailing newline.`,
    },
  };
}

interface Wanted {
  what: string;
  isNew: boolean;
  ask?: boolean;
  /** What the settings say that it is. */
  setting?: string | undefined;
}

/**
 * The secret text that was given by the options of `secretOptions`, else the one of the settings, or undefined if there is
 * neither. `ask` asks on a terminal where none was given. A new one, on a terminal, is typed twice.
 * @throws UsageError where it can't be read
 */
export async function readSecret(
  given: Given,
  context: Context,
  { what, isNew, ask = false, setting }: Wanted,
): Promise<string | undefined> {
  const file = given.text(`${what}-file`);
  const fromStdin = given.flag(`${what}-stdin`);
  if (file !== undefined && fromStdin) {
    throw new UsageError(`--${what}-stdin and --${what}-file are both given. Keep one of them.`);
  }
  if (file !== undefined) return textOf(what, readFile(what, context.pathOf(file)));
  if (!fromStdin && setting !== undefined) return setting;
  const { stdin } = process;
  if (stdin.isTTY && (fromStdin || ask)) {
    const typed = await typeHidden(`${capital(what)}: `);
    if (isNew && (await typeHidden(`The same ${what} again: `)) !== typed) {
      throw new UsageError(`These are two different ${what}s. Nothing was done.`);
    }
    return textOf(what, Buffer.from(typed));
  }
  return fromStdin ? textOf(what, await readAll(what)) : undefined;
}

function readFile(what: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw new UsageError(`--${what}-file names a file that can't be read: ${path}`);
  }
}

async function readAll(what: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_BYTES) throw new UsageError(`The ${what} on standard input is too long.`);
  }
  return Buffer.concat(chunks);
}

function textOf(what: string, bytes: Buffer): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const secret = text.replace(/\r?\n$/, "");
    if (secret !== "") return secret;
  } catch {
    throw new UsageError(`The ${what} is not UTF-8 text.`);
  }
  throw new UsageError(`The ${what} is empty.`);
}

/** A line from the terminal that is not shown. */
async function typeHidden(prompt: string): Promise<string> {
  process.stderr.write(prompt);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  // The terminal is in raw mode: what would be a signal comes as a key.
  const interrupted = new Promise<never>((_resolve, reject) => {
    lines.once("SIGINT", () => reject(new UsageError("Interrupted. Nothing was done.")));
    lines.once("close", () => reject(new UsageError("Nothing was typed. Nothing was done.")));
  });
  try {
    return await Promise.race([lines.question(""), interrupted]);
  } finally {
    interrupted.catch(() => undefined);
    lines.close();
    process.stderr.write("\n");
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
