import { constants, write } from "node:fs";
import { open, stat, type FileHandle } from "node:fs/promises";
import { promisify } from "node:util";
import { codeOf, SinkError, type Sink } from "./sink";

/** A pipe takes so many bytes whole, or not at all: lines of others that write there never land inside of one. */
const PIPE_BUF = 4_096;
const FILE_PIECE = 256 * 1024;
/** How long a pipe that nobody empties is waited for. */
const FULL_PATIENCE_MS = 10_000;
const FULL_PAUSE_MS = 20;
const STDOUT_FD = 1;

/** Without O_NONBLOCK, opening a named pipe that nobody reads would never end. */
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

const writeBytes = promisify(write);

/** Writes some of the bytes from that place on, and says how many. */
type WriteSome = (bytes: Uint8Array, at: number) => Promise<{ bytesWritten: number }>;

/** Writes lines to standard output, between those of the log. Without blocking: whoever reads there may be slow. */
export function stdoutSink(fd = STDOUT_FD): Sink {
  const writer = new LineWriter(PIPE_BUF);
  const some: WriteSome = (bytes, at) => writeBytes(fd, bytes, at, bytes.length - at, null);
  return {
    kind: "stream",
    to: "standard output",
    deliver: (lines) => saying(() => writer.write(some, lines)),
    close: () => Promise.resolve(),
  };
}

/**
 * Appends lines to a file, and has them on disk before they count as delivered. Before each batch it looks whether the
 * name still stands for the file that is open, so a rotation that renames or removes it is followed.
 */
export function fileSink(path: string): Sink {
  let file: FileHandle | null = null;
  let writer = new LineWriter(FILE_PIECE);

  async function close(): Promise<void> {
    const closing = file;
    file = null;
    await closing?.close();
  }

  async function current(): Promise<FileHandle> {
    if (file && !(await isNamed(file, path))) await close();
    if (file) return file;
    const opened = await open(path, FLAGS, 0o600);
    try {
      writer = new LineWriter(FILE_PIECE, await endsInsideALine(path));
    } catch (error) {
      await opened.close();
      throw error;
    }
    return (file = opened);
  }

  return {
    kind: "stream",
    to: path,
    deliver: (lines) =>
      saying(async () => {
        // By its handle and never by its number: once it is closed, that may be another file's.
        const opened = await current();
        const some: WriteSome = (bytes, at) => opened.write(bytes, at, bytes.length - at, null);
        await writer.write(some, lines);
        await opened.datasync().catch(ignorePipe);
      }),
    close,
  };
}

/** Writes whole lines, piece by piece. A line that was cut short is ended before the next one begins. */
class LineWriter {
  constructor(
    private readonly pieceBytes: number,
    private isInsideALine = false,
  ) {}

  async write(some: WriteSome, lines: Uint8Array): Promise<void> {
    if (this.isInsideALine) await this.#writeAll(some, Buffer.from("\n"));
    for (const piece of pieces(lines, this.pieceBytes)) await this.#writeAll(some, piece);
  }

  async #writeAll(some: WriteSome, bytes: Uint8Array): Promise<void> {
    const deadline = performance.now() + FULL_PATIENCE_MS;
    for (let at = 0; at < bytes.length;) {
      try {
        at += (await some(bytes, at)).bytesWritten;
        this.isInsideALine = bytes[at - 1] !== NEWLINE;
      } catch (error) {
        if (codeOf(error) !== "EAGAIN") throw error;
        if (performance.now() > deadline)
          throw new SinkError("Nobody reads what is written there.");
        await new Promise((resolve) => setTimeout(resolve, FULL_PAUSE_MS));
      }
    }
  }
}

const NEWLINE = 10;

/** The lines in as few pieces as possible, none over `limit` bytes but a line that is longer by itself. */
function* pieces(lines: Uint8Array, limit: number): Generator<Uint8Array> {
  for (let from = 0; from < lines.length;) {
    const whole = lines.subarray(from, from + limit).lastIndexOf(NEWLINE);
    const newline = whole < 0 ? lines.indexOf(NEWLINE, from + limit) : from + whole;
    const to = newline < 0 ? lines.length : newline + 1;
    yield lines.subarray(from, to);
    from = to;
  }
}

/** Whether the path leads to the file that is open. */
async function isNamed(file: FileHandle, path: string): Promise<boolean> {
  const [mine, named] = await Promise.all([file.stat(), stat(path).catch(() => null)]);
  return mine.ino === named?.ino && mine.dev === named.dev;
}

/** Whether a file ends without a newline: somebody was killed while writing it. */
async function endsInsideALine(path: string): Promise<boolean> {
  const found = await stat(path);
  if (!found.isFile() || found.size === 0) return false;
  const file = await open(path, "r").catch(() => null);
  if (file === null) return true; // not to be read: an empty line too many harms nobody
  try {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, found.size - 1);
    return buffer[0] !== NEWLINE;
  } finally {
    await file.close();
  }
}

/** What is no file on a disk has nothing to put there. */
function ignorePipe(error: unknown): void {
  if (!["EINVAL", "ENOTSUP", "EROFS"].includes(codeOf(error))) throw error;
}

async function saying(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof SinkError) throw error;
    const code = codeOf(error);
    throw new SinkError(`It can't be written (${code})${ADVICE[code] ?? ""}.`);
  }
}

const ADVICE: Record<string, string> = {
  ENOENT: ": its folder does not exist",
  ENOTDIR: ": its folder is a file",
  EISDIR: ": it is a folder",
  EACCES: ": Coffer may not write there",
  EPERM: ": Coffer may not write there",
  EROFS: ": Coffer may not write there",
  ENOSPC: ": the disk is full",
  EDQUOT: ": the disk is full",
  ENXIO: ": nobody reads from the pipe",
  EPIPE: ": nobody reads from the pipe",
};
