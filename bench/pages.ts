import { setPriority } from "node:os";
import { TEST_ADMIN } from "../tests/support/keys";
import { startProcess, type CofferProcess } from "../tests/support/process";
import { signIn } from "../tests/support/sign-in";
import { ask, prepareBare } from "./asking";
import type { Bench } from "./bench";
import type { Target } from "./child";
import type { Filled } from "./fill";
import { ONE } from "./requests";
import { medianOf, type Asked, type Measured } from "./resolving";
import { ms, ratio, whole } from "./table";

const LOWEST_PRIORITY = 19;

/** Latencies at half of the rate that was reached, alone and while somebody loads pages: of the same process, then of another. */
export async function benchHalfOfPeak(
  bench: Bench,
  { home, tokens }: Filled,
  { bare, target }: Record<"bare" | "target", Target>,
  coffer: CofferProcess,
  peak: number,
): Promise<void> {
  const rate = peak / 2;
  await prepareBare(bare, target, tokens, ONE);
  const list = [ask(bare, [null], ONE, "/case"), ask(target, tokens, ONE)].map((each) => ({
    ...each,
    rate,
  }));
  const [plain = [], alone = []] = await bench.sideBySide(list);
  bench.bar("p99 at half of peak", "< 10 ms", `${ms(medianOf(alone, "p99Ms"))} ms`);
  const besidePagesOf = async (pagesOf: CofferProcess) => {
    const reader = await readPages(pagesOf);
    const [, measured = []] = await bench.sideBySide(list);
    return { measured, pages: await reader.stop() };
  };
  const same = await besidePagesOf(coffer);
  const consoleOnly = await startProcess({ home, env: { COFFER_ROLE: "console" } });
  setPriority(consoleOnly.pid, LOWEST_PRIORITY); // as far as it can be as if on another machine: it takes what the others leave
  const other = await besidePagesOf(consoleOnly).finally(() => consoleOnly.end("SIGTERM"));
  const line = (name: string, measured: Measured[]) => [
    name,
    ms(medianOf(measured, "p50Ms")),
    ms(medianOf(measured, "p99Ms")),
  ];
  bench.sayTable(`Latency in ms at half of peak (${whole(rate)} a second)`, [
    ["", "p50", "p99"],
    line("bare node:http", plain),
    line("Coffer", alone),
    line(`Coffer, with pages rendered in a loop (${whole(same.pages)} in all)`, same.measured),
    line(
      `Coffer, with pages rendered by another process, COFFER_ROLE=console (${whole(other.pages)} in all)`,
      other.measured,
    ),
  ]);
}

/** Latencies at half of the rate that an instance on PostgreSQL reaches, while it renders pages itself, and while one for people does. */
export async function benchRoles(
  bench: Bench,
  asked: Asked,
  { itself, consoleOnly }: { itself: CofferProcess | undefined; consoleOnly: CofferProcess },
): Promise<void> {
  const line = async (name: string, pagesOf?: CofferProcess) => {
    const reader = pagesOf && (await readPages(pagesOf));
    const [measured = []] = await bench.sideBySide([asked]);
    const pages = (await reader?.stop()) ?? 0;
    return [name, ms(medianOf(measured, "p50Ms")), ms(medianOf(measured, "p99Ms")), whole(pages)];
  };
  const alone = await line("alone");
  const lines = [alone, await line("rendering pages itself", itself)];
  setPriority(consoleOnly.pid, LOWEST_PRIORITY); // as far as it can be as if on another machine
  const beside = await line("while one with COFFER_ROLE=console renders them", consoleOnly);
  lines.push(beside);
  bench.bar(
    "p99 while another instance renders pages, of that alone",
    "< 2×",
    `${ratio(Number(beside[2]) / Number(alone[2]))}×`,
  );
  bench.sayTable(
    `PostgreSQL, latency in ms at half of peak (${whole(asked.rate ?? NaN)} a second)`,
    [["an instance", "p50", "p99", "pages"], ...lines],
  );
}

/** Loads a page as somebody who is signed in, again and again. */
async function readPages(coffer: CofferProcess): Promise<{ stop: () => Promise<number> }> {
  const cookie = await signIn(coffer.url, TEST_ADMIN.email, TEST_ADMIN.password);
  const loop = { isGoing: true };
  let pages = 0;
  const reading = (async () => {
    for (; loop.isGoing; pages++) {
      const answer = await fetch(`${coffer.url}/e/default/secrets`, {
        headers: { cookie },
        redirect: "manual",
      });
      await answer.text();
      if (answer.status !== 200) throw new Error(`A page answered ${String(answer.status)}.`);
    }
  })();
  reading.catch(() => undefined); // told by stop
  return {
    async stop() {
      loop.isGoing = false;
      await reading;
      return pages;
    },
  };
}
