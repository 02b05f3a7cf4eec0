import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { makeDatabase, startPostgres } from "../tests/support/postgres";
import { startProcess, type CofferProcess } from "../tests/support/process";
import { TEST_ADMIN, TEST_KEY } from "../tests/support/keys";
import { signIn } from "../tests/support/sign-in";
import { LoadGenerator, quiet, residentMib, startTarget, type Target } from "./child";
import { ADMIN_ENV, copyOf, fill, nameOf, type Filled } from "./fill";
import { describeMachine, fsyncLatency, loadAverage, requireDisk } from "./machine";
import { fillEvents, searchTimes, wholeRecord } from "./events";
import { benchRefusals } from "./refusals";
import { ONE, requestText, SENT, TWENTY, type Sent } from "./requests";
import { medianOf, medianRatio, sideBySideLoads, type Asked, type Measured } from "./resolving";
import { benchScanner } from "./scanning";
import { markdown, ms, ratio, whole, type Table } from "./table";

/*
 * `npm run bench`: what Coffer costs, as ratios measured side by side in one run. No test asserts a time: machines differ,
 * and are busy. `npm run bench -- quick` takes a minute, `-- record` only asks what the record costs, `-- events` how a long
 * one is read, `-- postgresql` what one, two and three instances on one database answer, `-- refusals` whether refusals tell what exists.
 */
const args = process.argv.slice(2);
const quick = args.includes("quick");
const asked = args.find((arg) => arg !== "quick") ?? "";
const ROUNDS = quick ? 3 : 7;
const ROUND_MS = quick ? 1_000 : 1_500;
/** Until the engine has compiled what is asked often: seconds on a busy machine. */
const WARM_UP_MS = quick ? 3_000 : 8_000;
const SECRETS = { few: 100, many: quick ? 20_000 : 100_000 };
const EVENTS = { few: 1_000, many: quick ? 100_000 : 1_000_000 };
/** So long an index of all events may take. */
const INDEXED_WITHIN_MS = 300_000;
const CONNECTIONS = 64;
const LOWEST_PRIORITY = 19;

/** What DESIGN asks for, and what was reached: the last table of the report. */
const bars: string[][] = [["", "wanted", "reached"]];

const folder = mkdtempSync(join(tmpdir(), "coffer-bench-"));
const ends: (() => Promise<unknown>)[] = [];
const report: string[] = [];

try {
  const filesystem = requireDisk(folder);
  const fsync = fsyncLatency(folder);
  say(`${describeMachine(filesystem)}.`);
  say(
    `A write of 4 KiB is durable after ${ms(fsync.p50Ms)} ms (p99 ${ms(fsync.p99Ms)} ms). Load average at the start: ${loadAverage()}.`,
  );
  if (asked === "record") await benchRecord();
  else if (asked === "events") await benchEvents();
  else if (asked === "postgresql") await benchInstances();
  else if (asked === "") await benchAll();
  if (asked === "refusals" || (asked === "" && !quick)) await refusals();
} finally {
  for (const end of ends.reverse()) await end();
  rmSync(folder, { recursive: true, force: true });
}

function say(text: string): void {
  console.log(text);
  report.push(text);
}

function bar(what: string, wanted: string, reached: string): void {
  bars.push([what, wanted, reached]);
}

function sayTable(title: string, table: Table): void {
  say(`\n## ${title}\n\n${markdown(table)}`);
}

/** All that the report has, or a look at it. */
async function benchAll(): Promise<void> {
  await benchResolving();
  await benchEvents();
  if (!quick) await benchInstances();
  sayTable("What is wanted", bars);
  if (quick) return;
  writeFileSync(
    "bench/RESULTS.md",
    `# Results\n\nWritten by \`npm run bench\`. Ratios are medians of measurements made side by side in one run; the machine may be shared, so nothing else here compares with another run's.\n\n${report.join("\n")}\n\nWhat limits each figure and what was tried: [LIMITS.md](LIMITS.md).\n`,
  );
}

async function benchResolving(): Promise<void> {
  const few = await fill(folder, "few", SECRETS.few);
  const many = await fill(folder, "many", SECRETS.many);
  const forMemory = { few: copyOf(few, "memory-few"), many: copyOf(many, "memory-many") };
  const bare = await startTarget("bare node:http", "bench-bare.js", { home: folder });
  ends.push(bare.end);
  const unaudited = await startUnaudited(few);
  const streamed = await startStreamed(few);
  const { coffer, target } = await startCoffer("Coffer", few);
  const { target: large } = await startCoffer("many", many);
  const generator = startGenerator();

  for (const [each, { tokens }] of [
    [unaudited, few],
    [target, few],
    [large, many],
  ] as const) {
    await warmUp(generator, ask(each, tokens, ONE));
  }
  const peak = await benchCases(generator, few, { bare, unaudited, target });
  await benchStreaming(generator, few, { unaudited, target, streamed });
  await benchHalfOfPeak(generator, few, { bare, target }, coffer, peak);
  await benchSize(generator, { few, many }, { target, large });
  await benchMemory(generator, forMemory);
  const scanner = benchScanner(quick ? 3 : 9);
  say(
    `\nScanning 10 MB without references: ${whole(scanner.megabytesPerSecond)} MiB/s, ${ratio(scanner.ofParse)} of the speed of JSON.parse. Load average at the end: ${loadAverage()}.`,
  );
}

/** As much as one, two and three instances on one PostgreSQL answer, beside one on a SQLite file. */
async function benchInstances(): Promise<void> {
  const postgres = await startPostgres({ isDurable: true });
  ends.push(() => postgres.stop());
  const DATABASE_URL = await makeDatabase(postgres.url, "nothing");
  const shared = await fill(folder, "postgresql", SECRETS.few, { DATABASE_URL });
  const instances: Target[] = [];
  let itself: CofferProcess | undefined;
  for (const name of ["first", "second", "third"]) {
    const home = mkdtempSync(join(folder, `${name}-`));
    const each = await startCoffer(name, { ...shared, home }, { DATABASE_URL });
    itself ??= each.coffer;
    instances.push(each.target);
  }
  const alone = await fill(folder, "on-a-file", SECRETS.few);
  const { target: onFile } = await startCoffer("SQLite", alone);
  const generator = startGenerator();
  let peak = NaN;
  for (const sent of [ONE, TWENTY]) {
    const list = [
      ask(onFile, alone.tokens, sent),
      ...[1, 2, 3].map((many) => askAll(instances.slice(0, many), shared.tokens, sent)),
    ];
    for (const each of list) await warmUp(generator, each);
    const [file = [], one = [], ...more] = await sideBySideLoads(generator, list, {
      rounds: ROUNDS,
      ms: ROUND_MS,
    });
    if (sent === ONE) peak = medianOf(one, "perSecond");
    sayTable(`PostgreSQL, ${sent.title}, ${String(CONNECTIONS)} connections`, [
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
  const home = mkdtempSync(join(folder, "console-"));
  const { coffer: consoleOnly } = await startCoffer("console", { ...shared, home }, role);
  await benchRoles(generator, half, { itself, consoleOnly });
}

/** Latencies at half of the rate that an instance on PostgreSQL reaches, while it renders pages itself, and while one for people does. */
async function benchRoles(
  generator: LoadGenerator,
  asked: Asked,
  { itself, consoleOnly }: { itself: CofferProcess | undefined; consoleOnly: CofferProcess },
): Promise<void> {
  const line = async (name: string, pagesOf?: CofferProcess) => {
    const reader = pagesOf && (await readPages(pagesOf));
    const [measured = []] = await sideBySideLoads(generator, [asked], {
      rounds: ROUNDS,
      ms: ROUND_MS,
    });
    const pages = (await reader?.stop()) ?? 0;
    return [name, ms(medianOf(measured, "p50Ms")), ms(medianOf(measured, "p99Ms")), whole(pages)];
  };
  const alone = await line("alone");
  const lines = [alone, await line("rendering pages itself", itself)];
  setPriority(consoleOnly.pid, LOWEST_PRIORITY); // as far as it can be as if on another machine
  const beside = await line("while one with COFFER_ROLE=console renders them", consoleOnly);
  lines.push(beside);
  bar(
    "p99 while another instance renders pages, of that alone",
    "< 2×",
    `${ratio(Number(beside[2]) / Number(alone[2]))}×`,
  );
  sayTable(`PostgreSQL, latency in ms at half of peak (${whole(asked.rate ?? NaN)} a second)`, [
    ["an instance", "p50", "p99", "pages"],
    ...lines,
  ]);
}

/** What the record costs the plainest request: without it, with it, and with it streamed out besides. */
async function benchRecord(): Promise<void> {
  const filled = await fill(folder, "few", SECRETS.few);
  const unaudited = await startUnaudited(filled);
  const streamed = await startStreamed(filled);
  const { target } = await startCoffer("Coffer", filled);
  const generator = startGenerator();
  await benchStreaming(generator, filled, { unaudited, target, streamed });
}

/** A record of many events beside one of few: searched, verified and exported. */
async function benchEvents(): Promise<void> {
  const [few, many] = [await fill(folder, "few-events", 1), await fill(folder, "many-events", 1)];
  await fillEvents(few, EVENTS.few);
  await fillEvents(many, EVENTS.many);
  const { coffer: small } = await startCoffer("few events", few);
  const { coffer: large } = await startCoffer("many events", many);
  await searchTimes(large); // from here on what is new is put into the index
  await quiet(large.pid, INDEXED_WITHIN_MS);
  const [short, long] = [await searchTimes(small), await searchTimes(large)];
  sayTable(`The record with ${whole(EVENTS.many)} events beside ${whole(EVENTS.few)}`, [
    ["50 events at a time", "of few", "ms"],
    ...long.map(({ title, ms: time }, index) => [
      ...[title, `${ratio(time / (short[index]?.ms ?? NaN))}×`, ms(time)],
    ]),
  ]);
  const slowest = Math.max(...long.map(({ ms: time }) => time));
  bar(`a page of ${whole(EVENTS.many)} events, the slowest kind`, "< 200 ms", `${ms(slowest)} ms`);
  const { verifiedPerSecond, steps, exportedPerSecond, grownMib } = await wholeRecord(large);
  bar("verified, events a second", "≥ 100,000", whole(verifiedPerSecond));
  say(
    `\nVerified ${whole(verifiedPerSecond)} events a second beside the server, which told how far it was in ${String(steps)} steps. Exported ${whole(exportedPerSecond)} a second; the process grew by ${whole(grownMib)} MiB meanwhile.`,
  );
  await small.end("SIGTERM");
  await large.end("SIGTERM");
}

async function benchStreaming(
  generator: LoadGenerator,
  { tokens }: Filled,
  targets: Record<"unaudited" | "target" | "streamed", Target>,
): Promise<void> {
  const { unaudited, target, streamed } = targets;
  const list = [unaudited, target, streamed].map((each) => ask(each, tokens, ONE));
  for (const each of list) await warmUp(generator, each);
  const [free = [], full = [], out = []] = await sideBySideLoads(generator, list, {
    rounds: ROUNDS,
    ms: ROUND_MS,
  });
  const line = (name: string, measured: Measured[]) => [
    name,
    ratio(medianRatio(measured, free, "perSecond")),
    ratio(medianRatio(measured, full, "perSecond")),
    whole(medianOf(measured, "perSecond")),
    whole(medianOf(measured, "cpuUs")),
    ms(medianOf(measured, "p50Ms")),
    ms(medianOf(measured, "p99Ms")),
  ];
  sayTable("One reference: what the record costs", [
    ["", "of no record", "of the record", "a second", "CPU µs", "p50 ms", "p99 ms"],
    line("no record", free),
    line("the record", full),
    line("the record, streamed to a file and a webhook", out),
  ]);
}

/** Every kind of request, of all targets, as fast as they answer. Returns how many of the plainest Coffer answers. */
async function benchCases(
  generator: LoadGenerator,
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
    const [plain = [], free = [], full = []] = await sideBySideLoads(generator, list, {
      rounds: ROUNDS,
      ms: ROUND_MS,
    });
    if (sent === ONE) {
      peak = medianOf(full, "perSecond");
      bar(
        "one reference, of bare node:http",
        "≥ 0.50",
        ratio(medianRatio(full, plain, "perSecond")),
      );
      bar(
        "one reference, of the same without audit",
        "≥ 0.75",
        ratio(medianRatio(full, free, "perSecond")),
      );
    }
    if (sent.references === 20) {
      bar(
        "20 references in 4 KiB, references/s a core",
        "≥ 60,000",
        whole(20e6 / medianOf(full, "cpuUs")),
      );
    }
    table.push(caseLine(sent, plain, free, full));
    console.log(table.at(-1)?.join("  "));
  }
  sayTable(`As many as ${String(CONNECTIONS)} connections can ask`, table);
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

/** Latencies at half of the rate that was reached, alone and while somebody loads pages: of the same process, then of another. */
async function benchHalfOfPeak(
  generator: LoadGenerator,
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
  const [plain = [], alone = []] = await sideBySideLoads(generator, list, {
    rounds: ROUNDS,
    ms: ROUND_MS,
  });
  bar("p99 at half of peak", "< 10 ms", `${ms(medianOf(alone, "p99Ms"))} ms`);
  const besidePagesOf = async (pagesOf: CofferProcess) => {
    const reader = await readPages(pagesOf);
    const [, measured = []] = await sideBySideLoads(generator, list, {
      rounds: ROUNDS,
      ms: ROUND_MS,
    });
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
  sayTable(`Latency in ms at half of peak (${whole(rate)} a second)`, [
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

/** The same with few and with many secrets: one request at a time, each for another secret. */
async function benchSize(
  generator: LoadGenerator,
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
  const one = [anyOf(few, SECRETS.few, target), anyOf(many, SECRETS.many, large)];
  const [small = [], big = []] = await sideBySideLoads(generator, one, {
    rounds: ROUNDS,
    ms: ROUND_MS,
  });
  bar(
    `latency with ${whole(SECRETS.many)} secrets, of that with ${whole(SECRETS.few)}`,
    "≤ 1.2×",
    `${ratio(medianRatio(big, small, "p50Ms"))}×`,
  );
  const crowd = one.map((each) => ({ ...each, connections: CONNECTIONS }));
  const [smallCrowd = [], bigCrowd = []] = await sideBySideLoads(generator, crowd, {
    rounds: ROUNDS,
    ms: ROUND_MS,
  });
  sayTable(
    `${whole(SECRETS.many)} secrets beside ${whole(SECRETS.few)}, each request for another one`,
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

async function benchMemory(
  generator: LoadGenerator,
  { few, many }: Record<"few" | "many", Filled>,
): Promise<void> {
  const { target } = await startCoffer("memory of few", few);
  const least = residentMib(target.pid);
  const { started, resolved } = await memoryOf(generator, many);
  say(
    `\nMemory with ${whole(SECRETS.many)} secrets: ${whole(started)} MiB after the start, ${whole(resolved)} MiB once each was resolved (resident set of a process of its own; with ${whole(SECRETS.few)} secrets ${whole(least)} MiB after the start).`,
  );
}

/** What a process holds that has just started, and once it has resolved every secret. In MiB. */
async function memoryOf(
  generator: LoadGenerator,
  many: Filled,
): Promise<{ started: number; resolved: number }> {
  const { target } = await startCoffer("memory", many);
  const started = residentMib(target.pid);
  const AT_ONCE = 100;
  const requests = Array.from({ length: Math.ceil(SECRETS.many / AT_ONCE) }, (_, request) => {
    const config = Array.from({ length: AT_ONCE }, (_, n) => {
      return `$SECRET/${nameOf((request * AT_ONCE + n) % SECRETS.many)}`;
    });
    return requestText("/api/v1/resolve", many.tokens[0] ?? "", { config });
  });
  const ask = { requests, status: 200, connections: 8, rate: null, ms: WARM_UP_MS };
  let answers = 0;
  while (answers < requests.length) {
    answers += (await generator.run({ ...ask, ports: [target.port] })).answers;
  }
  return { started, resolved: residentMib(target.pid) };
}

function ask(target: Target, ...sent: Sendings): Asked {
  return askAll([target], ...sent);
}

type Sendings = [tokens: readonly (string | null)[], sent: Sent, path?: string, status?: number];

function askAll(targets: readonly Target[], ...sendings: Sendings): Asked {
  const [tokens, sent, path = "/api/v1/resolve", status = sent.status] = sendings;
  const by = sent.byOneService ? tokens.slice(0, 1) : tokens;
  const requests = by.map((token) => requestText(path, token, sent.body));
  return { targets, requests, status, connections: CONNECTIONS, rate: null };
}

/** Teaches the bare server what Coffer answers. */
async function prepareBare(
  bare: Target,
  target: Target,
  tokens: string[],
  sent: Sent,
): Promise<void> {
  const answer = await resolve(target, tokens, sent);
  await fetch(`http://127.0.0.1:${String(bare.port)}/case`, { method: "PUT", body: answer });
}

/** The plainest request, with the tag of its own answer. A tag is of one service, so that is the one that sends it. */
async function unchanged(target: Target, tokens: string[]): Promise<Sent> {
  const { tag } = JSON.parse(await resolve(target, tokens, ONE)) as { tag: string };
  const body = { ...ONE.body, ifChangedFrom: tag };
  return { ...ONE, title: "one reference, unchanged", body, byOneService: true };
}

async function resolve(target: Target, [token = ""]: string[], { body }: Sent): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${String(target.port)}/api/v1/resolve`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return answer.text();
}

function warmUp(generator: LoadGenerator, asked: Asked): Promise<unknown> {
  const ports = asked.targets.map(({ port }) => port);
  return generator.run({ ...asked, ports, ms: WARM_UP_MS });
}

function startGenerator(): LoadGenerator {
  const generator = new LoadGenerator(folder);
  ends.push(() => generator.end());
  return generator;
}

/** Coffer with a journal that keeps nothing. */
async function startUnaudited(filled: Filled): Promise<Target> {
  const unaudited = await startTarget("without audit", "bench-unaudited.js", {
    home: copyOf(filled, "unaudited").home,
    env: { TYK_AI_SECRET_KEY: TEST_KEY },
    args: [process.cwd()],
  });
  ends.push(unaudited.end);
  return unaudited;
}

/** Coffer that streams its record to a file, and to a webhook that takes everything. */
async function startStreamed(filled: Filled): Promise<Target> {
  const receiver = await startTarget("receiver", "bench-receiver.js", { home: folder });
  ends.push(receiver.end);
  const { target } = await startCoffer("streamed", copyOf(filled, "streamed"), {
    COFFER_AUDIT_STREAM: join(folder, "streamed.jsonl"),
    COFFER_AUDIT_WEBHOOK_URL: `http://127.0.0.1:${String(receiver.port)}/record`,
    COFFER_AUDIT_WEBHOOK_SECRET: "bench-bench-bench-bench",
  });
  return target;
}

/** Coffer as people run it. */
async function startCoffer(
  name: string,
  { home }: Filled,
  env: Record<string, string> = {},
): Promise<{ coffer: CofferProcess; target: Target }> {
  const coffer = await startProcess({ home, env: { ...ADMIN_ENV, ...env } });
  ends.push(() => coffer.end("SIGTERM"));
  const target = { name, port: Number(new URL(coffer.url).port), pid: coffer.pid };
  return { coffer, target };
}

/** Whether refusals tell by their time what exists. */
async function refusals(): Promise<void> {
  const coffer = await startProcess({
    home: mkdtempSync(join(folder, "refusals-")),
    env: {
      ...ADMIN_ENV,
      COFFER_TRUSTED_PROXIES: "127.0.0.1,::1", // so that attempts can come from many addresses
    },
  });
  ends.push(() => coffer.end("SIGTERM"));
  await benchRefusals(coffer);
}
