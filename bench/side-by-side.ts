/** Something to be measured. */
export interface Case {
  name: string;
  run: () => Promise<unknown>;
}

interface Measured {
  name: string;
  medianMs: number;
  p95Ms: number;
}

/**
 * Runs every case `rounds` times, one after the other in an order that turns with each round, so that what the machine does
 * meanwhile falls on all alike.
 */
export async function sideBySide(cases: readonly Case[], rounds: number): Promise<Measured[]> {
  const times = cases.map(() => [] as number[]);
  for (const each of cases) await each.run(); // not counted: what is made at the first use
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < cases.length; i++) {
      const at = (round + i) % cases.length;
      const from = performance.now();
      await cases[at]?.run();
      times[at]?.push(performance.now() - from);
    }
  }
  return cases.map(({ name }, at) => {
    const sorted = (times[at] ?? []).sort((a, b) => a - b);
    return { name, medianMs: quantile(sorted, 0.5), p95Ms: quantile(sorted, 0.95) };
  });
}

/** Prints each case as a ratio to the first one: what this machine is like cancels out. */
export function report(title: string, measured: readonly Measured[]): void {
  const [base] = measured;
  if (!base) return;
  console.log(`\n${title}`);
  const width = Math.max(...measured.map(({ name }) => name.length));
  for (const { name, medianMs, p95Ms } of measured) {
    const ratios = `median ${(medianMs / base.medianMs).toFixed(3)}×  p95 ${(p95Ms / base.p95Ms).toFixed(3)}×`;
    console.log(`  ${name.padEnd(width)}  ${ratios}  (${medianMs.toFixed(2)} ms)`);
  }
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.floor((sorted.length - 1) * part)] ?? NaN;
}
