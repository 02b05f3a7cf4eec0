import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { makeDatabase, startPostgres } from "../tests/support/postgres";
import type { CofferProcess } from "../tests/support/process";
import { ask, askAll, CONNECTIONS } from "./asking";
import type { Bench } from "./bench";
import type { Target } from "./child";
import { fill } from "./fill";
import { benchRoles } from "./pages";
import { ONE, TWENTY } from "./requests";
import { medianOf, medianRatio } from "./resolving";
import { ms, ratio, whole } from "./table";

/** As much as one, two and three instances on one PostgreSQL answer, beside one on a SQLite file. */
export async function benchInstances(bench: Bench): Promise<void> {
  const postgres = await startPostgres({ isDurable: true });
  bench.atEnd(() => postgres.stop());
  const DATABASE_URL = await makeDatabase(postgres.url, "nothing");
  const shared = await fill(bench.folder, "postgresql", bench.secrets.few, { DATABASE_URL });
  const instances: Target[] = [];
  let itself: CofferProcess | undefined;
  for (const name of ["first", "second", "third"]) {
    const home = mkdtempSync(join(bench.folder, `${name}-`));
    const each = await bench.startCoffer(name, { ...shared, home }, { DATABASE_URL });
    itself ??= each.coffer;
    instances.push(each.target);
  }
  const alone = await fill(bench.folder, "on-a-file", bench.secrets.few);
  const { target: onFile } = await bench.startCoffer("SQLite", alone);
  let peak = NaN;
  for (const sent of [ONE, TWENTY]) {
    const list = [
      ask(onFile, alone.tokens, sent),
      ...[1, 2, 3].map((many) => askAll(instances.slice(0, many), shared.tokens, sent)),
    ];
    for (const each of list) await bench.warmUp(each);
    const [file = [], one = [], ...more] = await bench.sideBySide(list);
    if (sent === ONE) peak = medianOf(one, "perSecond");
    bench.sayTable(`PostgreSQL, ${sent.title}, ${String(CONNECTIONS)} connections`, [
      ["", "of one instance", "a second", "CPU µs of Coffer", "CPU µs of all", "p50 ms", "p99 ms"],
      ...[file, one, ...more].map((measured, index) => [
        index === 0 ? "SQLite" : `${String(index)} on PostgreSQL`,
        ratio(medianRatio(measured, one, "perSecond")),
        whole(medianOf(measured, "perSecond")),
        whole(medianOf(measured, "cpuUs")),
        whole(medianOf(measured, "machineUs")),
        ms(medianOf(measured, "p50Ms")),
        ms(medianOf(measured, "p99Ms")),
      ]),
    ]);
  }
  const half = { ...askAll(instances.slice(0, 1), shared.tokens, ONE), rate: peak / 2 };
  const role = { DATABASE_URL, COFFER_ROLE: "console" };
  const home = mkdtempSync(join(bench.folder, "console-"));
  const { coffer: consoleOnly } = await bench.startCoffer("console", { ...shared, home }, role);
  await benchRoles(bench, half, { itself, consoleOnly });
}
