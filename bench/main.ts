import { writeFileSync } from "node:fs";
import { Bench } from "./bench";
import { benchEvents } from "./events";
import { benchInstances } from "./instances";
import { describeMachine, fsyncLatency, loadAverage, requireDisk } from "./machine";
import { benchRecord } from "./record-cost";
import { benchRefusals } from "./refusals";
import { benchResolving } from "./resolve";
import { ms } from "./table";

/*
 * `npm run bench`: what Coffer costs, as ratios measured side by side in one run. No test asserts a time: machines differ,
 * and are busy. `npm run bench -- quick` takes a minute, `-- record` only asks what the record costs, `-- events` how a long
 * one is read, `-- postgresql` what one, two and three instances on one database answer, `-- refusals` whether refusals tell what exists.
 */
const args = process.argv.slice(2);
const isQuick = args.includes("quick");
const asked = args.find((arg) => arg !== "quick") ?? "";
const bench = new Bench(isQuick);

try {
  const filesystem = requireDisk(bench.folder);
  const fsync = fsyncLatency(bench.folder);
  bench.say(`${describeMachine(filesystem)}.`);
  bench.say(
    `A write of 4 KiB is durable after ${ms(fsync.p50Ms)} ms (p99 ${ms(fsync.p99Ms)} ms). Load average at the start: ${loadAverage()}.`,
  );
  if (asked === "record") await benchRecord(bench);
  else if (asked === "events") await benchEvents(bench);
  else if (asked === "postgresql") await benchInstances(bench);
  else if (asked === "") await benchAll();
  if (asked === "refusals" || (asked === "" && !isQuick)) await benchRefusals(bench);
} finally {
  await bench.end();
}

/** All that the report has, or a look at it. */
async function benchAll(): Promise<void> {
  await benchResolving(bench);
  await benchEvents(bench);
  if (!isQuick) await benchInstances(bench);
  bench.sayBars();
  if (isQuick) return;
  writeFileSync(
    "bench/RESULTS.md",
    `# Results\n\nWritten by \`npm run bench\`. Ratios are medians of measurements made side by side in one run; the machine may be shared, so nothing else here compares with another run's.\n\n${bench.report.join("\n")}\n\nWhat limits each figure and what was tried: [LIMITS.md](LIMITS.md).\n`,
  );
}
