import { processorSeconds } from "../tests/support/processor-time";
import { LoadGenerator, quiet, type Target } from "./child";
import type { Load } from "./load";
import { machineSeconds } from "./machine";

/** One measurement of one target. */
export interface Measured {
  perSecond: number;
  /** Microseconds of the server's processor time that an answer costs. */
  cpuUs: number;
  /** The same of everything that runs on the machine, the load generator too. */
  machineUs: number;
  p50Ms: number;
  p99Ms: number;
}

/** What is asked of a target, or of several that answer the same. */
export interface Asked {
  targets: readonly Target[];
  requests: string[];
  status: number;
  connections: number;
  rate: number | null;
}

/**
 * Measures each of `asked` once a round, in an order that turns with the rounds, so that what else the machine does falls on
 * all alike. The first round is not counted.
 */
export async function sideBySideLoads(
  generator: LoadGenerator,
  asked: readonly Asked[],
  { rounds, ms }: { rounds: number; ms: number },
): Promise<Measured[][]> {
  const measured = asked.map(() => [] as Measured[]);
  for (let round = 0; round <= rounds; round++) {
    for (let i = 0; i < asked.length; i++) {
      const at = (round + i) % asked.length;
      const each = asked[at];
      if (!each) continue;
      const load = await measure(generator, each, round === 0 ? ms / 2 : ms);
      if (round > 0) measured[at]?.push(load);
    }
  }
  return measured;
}

async function measure(generator: LoadGenerator, asked: Asked, ms: number): Promise<Measured> {
  const { targets, requests, status, connections, rate } = asked;
  const ports = targets.map(({ port }) => port);
  const pids = targets.map(({ pid }) => pid);
  const cpuOf = () => pids.reduce((sum, pid) => sum + processorSeconds(pid), 0);
  const [cpuBefore, busyBefore] = [cpuOf(), machineSeconds()];
  const load: Load = await generator.run({ ports, requests, status, connections, rate, ms });
  const [cpu, busy] = [cpuOf() - cpuBefore, machineSeconds() - busyBefore];
  for (const pid of pids) await quiet(pid); // what it does in the background falls on nobody else
  return {
    perSecond: (load.answers * 1000) / load.ms,
    cpuUs: (cpu * 1e6) / load.answers,
    machineUs: (busy * 1e6) / load.answers,
    p50Ms: load.p50Ms,
    p99Ms: load.p99Ms,
  };
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return Number.isInteger(middle)
    ? ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
    : (sorted[Math.floor(middle)] ?? NaN);
}

/** The median of a figure. */
export const medianOf = (measured: readonly Measured[], figure: keyof Measured): number =>
  median(measured.map((each) => each[figure]));

/** The median of the ratios of a figure, each of two measurements of one round. */
export function medianRatio(
  measured: readonly Measured[],
  base: readonly Measured[],
  figure: keyof Measured,
): number {
  return median(measured.map((each, round) => each[figure] / (base[round]?.[figure] ?? NaN)));
}
