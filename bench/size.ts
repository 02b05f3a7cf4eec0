import { CONNECTIONS } from "./asking";
import type { Bench } from "./bench";
import { residentMib, type Target } from "./child";
import { nameOf, type Filled } from "./fill";
import { requestText } from "./requests";
import { medianRatio, type Asked } from "./resolving";
import { ratio, whole } from "./table";

/** The same with few and with many secrets: one request at a time, each for another secret. */
export async function benchSize(
  bench: Bench,
  { few, many }: Record<"few" | "many", Filled>,
  { target, large }: Record<"target" | "large", Target>,
): Promise<void> {
  const anyOf = (filled: Filled, secrets: number, each: Target): Asked => ({
    targets: [each],
    requests: Array.from({ length: 20_000 }, (_, index) => {
      const name = nameOf(Math.floor(Math.random() * secrets));
      const token = filled.tokens[index % filled.tokens.length] ?? "";
      return requestText("/api/v1/resolve", token, { config: { api_key: `$SECRET/${name}` } });
    }),
    ...{ status: 200, rate: null },
    connections: 1,
  });
  const one = [anyOf(few, bench.secrets.few, target), anyOf(many, bench.secrets.many, large)];
  const [small = [], big = []] = await bench.sideBySide(one);
  bench.bar(
    `latency with ${whole(bench.secrets.many)} secrets, of that with ${whole(bench.secrets.few)}`,
    "≤ 1.2×",
    `${ratio(medianRatio(big, small, "p50Ms"))}×`,
  );
  const crowd = one.map((each) => ({ ...each, connections: CONNECTIONS }));
  const [smallCrowd = [], bigCrowd = []] = await bench.sideBySide(crowd);
  bench.sayTable(
    `${whole(bench.secrets.many)} secrets beside ${whole(bench.secrets.few)}, each request for another one`,
    [
      ["", "p50", "p99", "a second"],
      ...(
        [
          ["one at a time", small, big],
          ["64 at a time", smallCrowd, bigCrowd],
        ] as const
      ).map(([name, a, b]) => [
        name,
        `${ratio(medianRatio(b, a, "p50Ms"))}×`,
        `${ratio(medianRatio(b, a, "p99Ms"))}×`,
        ratio(medianRatio(b, a, "perSecond")),
      ]),
    ],
  );
}

export async function benchMemory(
  bench: Bench,
  { few, many }: Record<"few" | "many", Filled>,
): Promise<void> {
  const { target } = await bench.startCoffer("memory of few", few);
  const least = residentMib(target.pid);
  const { started, resolved } = await memoryOf(bench, many);
  bench.say(
    `\nMemory with ${whole(bench.secrets.many)} secrets: ${whole(started)} MiB after the start, ${whole(resolved)} MiB once each was resolved (resident set of a process of its own; with ${whole(bench.secrets.few)} secrets ${whole(least)} MiB after the start).`,
  );
}

/** What a process holds that has just started, and once it has resolved every secret. In MiB. */
async function memoryOf(
  bench: Bench,
  many: Filled,
): Promise<{ started: number; resolved: number }> {
  const { target } = await bench.startCoffer("memory", many);
  const started = residentMib(target.pid);
  const AT_ONCE = 100;
  const requests = Array.from({ length: Math.ceil(bench.secrets.many / AT_ONCE) }, (_, request) => {
    const config = Array.from({ length: AT_ONCE }, (_, n) => {
      return `$SECRET/${nameOf((request * AT_ONCE + n) % bench.secrets.many)}`;
    });
    return requestText("/api/v1/resolve", many.tokens[0] ?? "", { config });
  });
  const ask = { requests, status: 200, connections: 8, rate: null, ms: bench.warmUpMs };
  let answers = 0;
  while (answers < requests.length) {
    answers += (await bench.generator.run({ ...ask, ports: [target.port] })).answers;
  }
  return { started, resolved: residentMib(target.pid) };
}
