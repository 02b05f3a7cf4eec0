import { ask } from "./asking";
import type { Bench } from "./bench";
import type { Target } from "./child";
import { fill, type Filled } from "./fill";
import { ONE } from "./requests";
import { medianOf, medianRatio, type Measured } from "./resolving";
import { ms, ratio, whole } from "./table";

/** What the record costs the plainest request: without it, with it, and with it streamed out besides. */
export async function benchRecord(bench: Bench): Promise<void> {
  const filled = await fill(bench.folder, "few", bench.secrets.few);
  const unaudited = await bench.startUnaudited(filled);
  const streamed = await bench.startStreamed(filled);
  const { target } = await bench.startCoffer("Coffer", filled);
  await benchStreaming(bench, filled, { unaudited, target, streamed });
}

export async function benchStreaming(
  bench: Bench,
  { tokens }: Filled,
  targets: Record<"unaudited" | "target" | "streamed", Target>,
): Promise<void> {
  const { unaudited, target, streamed } = targets;
  const list = [unaudited, target, streamed].map((each) => ask(each, tokens, ONE));
  for (const each of list) await bench.warmUp(each);
  const [free = [], full = [], out = []] = await bench.sideBySide(list);
  const line = (name: string, measured: Measured[]) => [
    name,
    ratio(medianRatio(measured, free, "perSecond")),
    ratio(medianRatio(measured, full, "perSecond")),
    whole(medianOf(measured, "perSecond")),
    whole(medianOf(measured, "cpuUs")),
    ms(medianOf(measured, "p50Ms")),
    ms(medianOf(measured, "p99Ms")),
  ];
  bench.sayTable("One reference: what the record costs", [
    ["", "of no record", "of the record", "a second", "CPU µs", "p50 ms", "p99 ms"],
    line("no record", free),
    line("the record", full),
    line("the record, streamed to a file and a webhook", out),
  ]);
}
