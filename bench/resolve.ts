import { ask } from "./asking";
import type { Bench } from "./bench";
import { benchCases } from "./cases";
import { copyOf, fill } from "./fill";
import { loadAverage } from "./machine";
import { benchHalfOfPeak } from "./pages";
import { benchStreaming } from "./record-cost";
import { ONE } from "./requests";
import { benchScanner } from "./scanning";
import { benchMemory, benchSize } from "./size";
import { ratio, whole } from "./table";

/** What a resolve costs, on one SQLite file. */
export async function benchResolving(bench: Bench): Promise<void> {
  const few = await fill(bench.folder, "few", bench.secrets.few);
  const many = await fill(bench.folder, "many", bench.secrets.many);
  const forMemory = { few: copyOf(few, "memory-few"), many: copyOf(many, "memory-many") };
  const bare = await bench.startBare();
  const unaudited = await bench.startUnaudited(few);
  const streamed = await bench.startStreamed(few);
  const { coffer, target } = await bench.startCoffer("Coffer", few);
  const { target: large } = await bench.startCoffer("many", many);

  for (const [each, { tokens }] of [
    [unaudited, few],
    [target, few],
    [large, many],
  ] as const) {
    await bench.warmUp(ask(each, tokens, ONE));
  }
  const peak = await benchCases(bench, few, { bare, unaudited, target });
  await benchStreaming(bench, few, { unaudited, target, streamed });
  await benchHalfOfPeak(bench, few, { bare, target }, coffer, peak);
  await benchSize(bench, { few, many }, { target, large });
  await benchMemory(bench, forMemory);
  const scanner = benchScanner(bench.isQuick ? 3 : 9);
  bench.say(
    `\nScanning 10 MB without references: ${whole(scanner.megabytesPerSecond)} MiB/s, ${ratio(scanner.ofParse)} of the speed of JSON.parse. Load average at the end: ${loadAverage()}.`,
  );
}
