import { fork, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { processorSeconds } from "../tests/support/processor-time";
import type { Job, Load } from "./load";

/** A server to be measured. */
export interface Target {
  name: string;
  port: number;
  pid: number;
}

/** Starts one of the benchmark's own programs and waits for the port that it listens on. */
export async function startTarget(
  name: string,
  program: string,
  { home, env = {}, args = [] }: { home: string; env?: Record<string, string>; args?: string[] },
): Promise<Target & { end: () => Promise<void> }> {
  const child = start(program, { home, env, args });
  const { port } = await answerOf<{ port: number }>(child);
  return { name, port, pid: child.pid ?? 0, end: () => end(child) };
}

/** The load generator. One job at a time. */
export class LoadGenerator {
  readonly #child: ChildProcess;

  constructor(home: string) {
    this.#child = start("bench-load.js", { home, env: {}, args: [] });
  }

  run(job: Job): Promise<Load> {
    this.#child.send(job);
    return answerOf<Load>(this.#child);
  }

  end(): Promise<void> {
    return end(this.#child);
  }
}

/** Waits until a process has nothing more to do, such as events to stream out, for so long at most. */
export async function quiet(pid: number, patienceMs = 10_000): Promise<void> {
  const STEP_MS = 200;
  for (let waited = 0; waited < patienceMs; waited += STEP_MS) {
    const before = processorSeconds(pid);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    if (!(processorSeconds(pid) - before > STEP_MS / 20_000)) return;
  }
}

/** Resident memory of a process in MiB, or NaN where the system has no /proc. */
export function residentMib(pid: number): number {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  } catch {
    return NaN;
  }
}

function start(
  program: string,
  { home, env, args }: { home: string; env: Record<string, string>; args: string[] },
): ChildProcess {
  return fork(join(process.cwd(), "dist", program), args, {
    cwd: home,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], NODE_ENV: "production", ...env },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

function answerOf<T extends object>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error("A program of the benchmark ended before its time."));
    child.once("exit", ended);
    child.once("message", (message: T | { error: string }) => {
      child.off("exit", ended);
      if ("error" in message) reject(new Error(message.error));
      else resolve(message);
    });
  });
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.disconnect();
  });
}
