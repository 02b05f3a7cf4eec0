import { ask, CONNECTIONS, prepareBare, unchanged } from "./asking";
import type { Bench } from "./bench";
import type { Target } from "./child";
import type { Filled } from "./fill";
import { ONE, SENT, type Sent } from "./requests";
import { medianOf, medianRatio, type Asked, type Measured } from "./resolving";
import { ratio, whole } from "./table";

/** Every kind of request, of all targets, as fast as they answer. Returns how many of the plainest Coffer answers. */
export async function benchCases(
  bench: Bench,
  { tokens }: Filled,
  { bare, unaudited, target }: Record<"bare" | "unaudited" | "target", Target>,
): Promise<number> {
  const table: string[][] = [
    [
      "request",
      "of bare",
      "of no audit",
      "no audit of bare",
      "Coffer/s",
      "CPU µs",
      "CPU of bare",
      "references/s a core",
    ],
  ];
  let peak = 0;
  for (const sent of [...SENT, await unchanged(target, tokens)]) {
    await prepareBare(bare, target, tokens, sent);
    const list: Asked[] = [
      ask(bare, [null], sent, "/case", 200),
      ask(unaudited, tokens, sent),
      ask(target, tokens, sent),
    ];
    const [plain = [], free = [], full = []] = await bench.sideBySide(list);
    if (sent === ONE) {
      peak = medianOf(full, "perSecond");
      bench.bar(
        "one reference, of bare node:http",
        "≥ 0.50",
        ratio(medianRatio(full, plain, "perSecond")),
      );
      bench.bar(
        "one reference, of the same without audit",
        "≥ 0.75",
        ratio(medianRatio(full, free, "perSecond")),
      );
    }
    if (sent.references === 20) {
      bench.bar(
        "20 references in 4 KiB, references/s a core",
        "≥ 60,000",
        whole(20e6 / medianOf(full, "cpuUs")),
      );
    }
    table.push(caseLine(sent, plain, free, full));
    console.log(table.at(-1)?.join("  "));
  }
  bench.sayTable(`As many as ${String(CONNECTIONS)} connections can ask`, table);
  return peak;
}

function caseLine(sent: Sent, plain: Measured[], free: Measured[], full: Measured[]): string[] {
  const cpuUs = medianOf(full, "cpuUs");
  return [
    sent.title,
    ratio(medianRatio(full, plain, "perSecond")),
    ratio(medianRatio(full, free, "perSecond")),
    ratio(medianRatio(free, plain, "perSecond")),
    whole(medianOf(full, "perSecond")),
    whole(cpuUs),
    `${ratio(medianRatio(full, plain, "cpuUs"))}×`,
    sent.references > 0 ? whole((sent.references * 1e6) / cpuUs) : "",
  ];
}
