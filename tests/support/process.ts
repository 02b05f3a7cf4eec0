import { spawn, type ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { join } from "node:path";
import { databaseUrlOf, ON_POSTGRES } from "./database";
import { TEST_KEY } from "./keys";

const READY_WITHIN_MS = 60_000;

/** Coffer as people run it: the built server in a process of its own. */
export interface CofferProcess {
  /** `http://localhost:PORT` */
  url: string;
  pid: number;
  /** Everything it printed, both streams. */
  output(): string;
  /** The one-time setup link it printed, or null. */
  setupLink(): string | null;
  /** From now on nobody reads what it prints: its pipes are closed. */
  deafen(): void;
  /** Sends a signal and waits for the end. Returns the exit code, null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export interface ProcessOptions {
  /** The folder for `.env` and `data/`. On PostgreSQL a database stands for it, unless `env` names one. */
  home: string;
  env?: Record<string, string>;
  /** The port to listen on, for who must know it before; a free one unless given. */
  port?: number;
  /** What runs Coffer, where that is not Node with the project's own bundle. */
  program?: readonly string[];
}

/** Starts Coffer and waits until it answers. The caller ends it. */
export async function startProcess(options: ProcessOptions): Promise<CofferProcess> {
  const { home, env = {}, port = await freePort() } = options;
  const url = `http://localhost:${String(port)}`;
  const settings = { PORT: String(port), TYK_AI_SECRET_KEY: TEST_KEY, ...env };
  const child = await runServer(home, settings, options.program);
  const output = collect(child);
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const end = (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return ended;
  };
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await isReady(url))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await end("SIGKILL");
      throw new Error(`Coffer did not become ready:\n${output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const pid = child.pid ?? 0;
  return {
    url,
    pid,
    output,
    deafen: () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
    end,
    setupLink: () => /http\S+\/setup#\S+/.exec(output())?.[0] ?? null,
  };
}

/** Starts Coffer and kills it after so many milliseconds, ready or not. */
export async function killDuringStart(options: ProcessOptions, afterMs: number): Promise<void> {
  const port = options.port ?? (await freePort());
  const env = { PORT: String(port), TYK_AI_SECRET_KEY: TEST_KEY, ...options.env };
  const child = await runServer(options.home, env);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await Promise.race([new Promise((resolve) => setTimeout(resolve, afterMs)), ended]);
  child.kill("SIGKILL");
  await ended;
}

/** Starts Coffer where it is expected to refuse. Returns its exit code and what it printed. */
export async function runToEnd(
  options: ProcessOptions,
): Promise<{ code: number | null; output: string }> {
  const port = await freePort();
  const child = await runServer(options.home, { PORT: String(port), ...options.env });
  const output = collect(child);
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { code, output: output() };
}

const OWN_BUNDLE = [
  process.execPath,
  "--enable-source-maps",
  join(process.cwd(), "dist/server.js"),
];

async function runServer(
  home: string,
  env: Record<string, string>,
  [program = "", ...args]: readonly string[] = OWN_BUNDLE,
): Promise<ChildProcess> {
  const inherited = { PATH: process.env["PATH"], HOME: process.env["HOME"] };
  const isElsewhere = ON_POSTGRES && env["DATABASE_URL"] === undefined;
  const database = isElsewhere ? { DATABASE_URL: await databaseUrlOf(home) } : {};
  return spawn(program, args, {
    cwd: home,
    env: { ...inherited, NODE_ENV: "production", ...database, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function collect(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  }
  return () => text;
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/ready`)).ok;
  } catch {
    return false;
  }
}

/** Above those that browsers refuse, and below those that a system gives to whoever listens on port 0, as other tests do. */
const PORTS = { from: 11_000, to: 32_000 };

/** A port that nothing listens on, and that nothing is given meanwhile. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}
