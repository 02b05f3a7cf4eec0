import {
  closeSync,
  fdatasyncSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeSync,
} from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";

const FILESYSTEMS: Record<number, string> = {
  0xef53: "ext4",
  0x58465342: "xfs",
  0x9123683e: "btrfs",
  0x2fc12fc1: "zfs",
  0x794c7630: "overlay",
  0x01021994: "tmpfs",
  0x858458f6: "ramfs",
};
const IN_MEMORY = ["tmpfs", "ramfs"];

/**
 * What the folder's filesystem is called.
 * @throws Error for one that keeps its files in memory: a commit costs nothing there, so that nothing could be learnt
 */
export function requireDisk(folder: string): string {
  const type = FILESYSTEMS[statfsSync(folder).type] ?? "another filesystem";
  if (!IN_MEMORY.includes(type)) return type;
  throw new Error(
    `The folder for temporary files is on ${type}, where nothing is ever written to a disk. Set TMPDIR to a folder on one.`,
  );
}

/** How long it takes to make 4 KiB at the end of a file durable. */
export function fsyncLatency(folder: string): { p50Ms: number; p99Ms: number } {
  const path = join(folder, "fsync");
  const file = openSync(path, "w");
  const page = Buffer.alloc(4096, 1);
  const times: number[] = [];
  for (let i = 0; i < 500; i++) {
    const from = performance.now();
    writeSync(file, page);
    fdatasyncSync(file);
    times.push(performance.now() - from);
  }
  closeSync(file);
  rmSync(path);
  times.sort((a, b) => a - b);
  return { p50Ms: times[250] ?? NaN, p99Ms: times[495] ?? NaN };
}

/** The machine, in words that name neither it nor anything on it. */
export function describeMachine(filesystem: string): string {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  const memory = `${String(Math.round(totalmem() / 2 ** 30))} GiB`;
  return `${String(availableParallelism())} cores (${model}), ${memory}, ${process.platform}, Node ${process.version}, data on ${filesystem}`;
}

export function loadAverage(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

const CLOCK_TICKS_PER_SECOND = 100;

/** Seconds of processor time that everything on the machine has used, or NaN where the system has no /proc. */
export function machineSeconds(): number {
  try {
    const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n", 1);
    const [user = 0, nice = 0, system = 0, , , irq = 0, soft = 0] = line
      .trim()
      .split(/ +/)
      .slice(1)
      .map(Number);
    return (user + nice + system + irq + soft) / CLOCK_TICKS_PER_SECOND;
  } catch {
    return NaN;
  }
}
