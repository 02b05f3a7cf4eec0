import { writeSync } from "node:fs";
import { CofferError } from "../errors";
import { count } from "./amount";

const BAR_WIDTH = 30;
const REDRAW_MS = 100;
/** Where nobody looks on, a line this often says that it goes on. */
const LINE_MS = 5_000;

/** How far something is that takes long. `total` null: it is not known. */
export interface Progress {
  at(done: number, total: number | null): void;
  /** Leaves what was drawn last, and begins a new line. */
  end(): void;
}

/** What a command says while it works goes to standard error; standard output holds its answer alone. */
export interface Screen {
  /** Says a line to people. Nothing with `--json`. */
  say(line: string): void;
  /** Shows how far `title` is: a bar on a terminal, else a line now and then. Nothing with `--json`. */
  progress(title: string): Progress;
}

interface ErrorStream {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** What is shown on `stream`; nothing where `quiet`. */
export function openScreen(stream: ErrorStream, quiet: boolean): Screen {
  if (quiet) {
    const nothing = () => undefined;
    return { say: nothing, progress: () => ({ at: nothing, end: nothing }) };
  }
  return {
    say: (line) => void stream.write(`${plain(line)}\n`),
    progress: (title) => (stream.isTTY ? bar(stream, title) : lines(stream, title)),
  };
}

function bar(stream: ErrorStream, title: string): Progress {
  let drawnAt = -Infinity;
  let last = "";
  const draw = () => {
    stream.write(`\r\u001b[K${last}`);
    drawnAt = performance.now();
  };
  return {
    at(done, total) {
      const filled = Math.round(BAR_WIDTH * partOf(done, total));
      const drawn = `${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)}`;
      last =
        total === null ? `${title} ${count(done)}` : `${title} ${drawn} ${howFar(done, total)}`;
      if (performance.now() - drawnAt >= REDRAW_MS) draw();
    },
    end() {
      if (last === "") return;
      draw();
      stream.write("\n");
    },
  };
}

function lines(stream: ErrorStream, title: string): Progress {
  let saidAt = performance.now();
  return {
    at(done, total) {
      if (performance.now() - saidAt < LINE_MS) return;
      saidAt = performance.now();
      stream.write(`${title}: ${total === null ? count(done) : howFar(done, total)}\n`);
    },
    end: () => undefined,
  };
}

function partOf(done: number, total: number | null): number {
  if (total === null) return 0;
  return total === 0 ? 1 : Math.min(1, done / total);
}

function howFar(done: number, total: number): string {
  const percent = Math.floor(100 * partOf(done, total));
  return `${String(percent).padStart(3)} %  ${count(done)} of ${count(total)}`;
}

/** A text without what would steer a terminal: names come from a database that others may have written to. */
export function plain(text: string): string {
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, "?");
}

/** Writes a command's answer, whole, whatever standard output is. A reader that has gone away is no failure. */
export function answer(text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "EPIPE") return;
      if (code !== "EAGAIN") throw error; // a pipe that is full
    }
  }
}

/**
 * Writes an answer of any length to standard output, as fast as it is read there. Returns its length in bytes. A reader
 * that has gone away, as `head` does, is no failure.
 * @throws CofferError `unavailable` where it can't be written, such as to a file on a disk that is full
 */
export async function writeOut(pieces: AsyncIterable<string | Buffer>): Promise<number> {
  const { stdout } = process;
  stdout.on("error", () => undefined); // told by the write that failed, too
  let bytes = 0;
  for await (const piece of pieces) {
    const error = await new Promise<Error | null | undefined>((written) => {
      stdout.write(piece, written);
    });
    const code = error && "code" in error ? String(error.code) : "";
    if (code === "EPIPE") break;
    if (error) {
      const message = `Standard output can't be written to: ${code}. What was written is not all.`;
      throw new CofferError("unavailable", message, { cause: error });
    }
    bytes += Buffer.byteLength(piece);
  }
  return bytes;
}
