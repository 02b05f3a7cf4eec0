import { LoadGenerator, processorSeconds, quiet, type Target } from "./child";
import type { Job, Load } from "./load";

/** One measurement of one target. */
export interface Measured {
  perSecond: number;
  /** Microseconds of the server's processor time that an answer costs. */
  cpuUs: number;
  p50Ms: number;
  p99Ms: number;
}

/** What is asked of one target. */
export interface Asked {
  target: Target;
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
  const { target, requests, status, connections, rate } = asked;
  const job: Job = { port: target.port, requests, status, connections, rate, ms };
  const cpuBefore = processorSeconds(target.pid);
  const load: Load = await generator.run(job);
  const cpu = processorSeconds(target.pid) - cpuBefore;
  await quiet(target.pid); // what it does in the background falls on nobody else
  return {
    perSecond: (load.answers * 1000) / load.ms,
    cpuUs: (cpu * 1e6) / load.answers,
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
