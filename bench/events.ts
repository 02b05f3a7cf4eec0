import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { TEST_ADMIN } from "../tests/support/keys";
import type { CofferProcess } from "../tests/support/process";
import { signIn } from "../tests/support/sign-in";
import type { Bench } from "./bench";
import { quiet, residentMib } from "./child";
import { fill, nameOf } from "./fill";
import { fillEvents, SOUGHT_REQUEST } from "./fill-events";
import { median } from "./resolving";
import { ms, ratio, whole } from "./table";

const ROUNDS = 15;
/** So long an index of all events may take. */
const INDEXED_WITHIN_MS = 300_000;

/** A record of many events beside one of few: searched, verified and exported. */
export async function benchEvents(bench: Bench): Promise<void> {
  const [few, many] = [
    await fill(bench.folder, "few-events", 1),
    await fill(bench.folder, "many-events", 1),
  ];
  await fillEvents(few, bench.events.few);
  await fillEvents(many, bench.events.many);
  const { coffer: small } = await bench.startCoffer("few events", few);
  const { coffer: large } = await bench.startCoffer("many events", many);
  await searchTimes(large); // from here on what is new is put into the index
  await quiet(large.pid, INDEXED_WITHIN_MS);
  const [short, long] = [await searchTimes(small), await searchTimes(large)];
  bench.sayTable(
    `The record with ${whole(bench.events.many)} events beside ${whole(bench.events.few)}`,
    [
      ["50 events at a time", "of few", "ms"],
      ...long.map(({ title, ms: time }, index) => [
        ...[title, `${ratio(time / (short[index]?.ms ?? NaN))}×`, ms(time)],
      ]),
    ],
  );
  const slowest = Math.max(...long.map(({ ms: time }) => time));
  bench.bar(
    `a page of ${whole(bench.events.many)} events, the slowest kind`,
    "< 200 ms",
    `${ms(slowest)} ms`,
  );
  const { verifiedPerSecond, steps, exportedPerSecond, grownMib } = await wholeRecord(large);
  bench.bar("verified, events a second", "≥ 100,000", whole(verifiedPerSecond));
  bench.say(
    `\nVerified ${whole(verifiedPerSecond)} events a second beside the server, which told how far it was in ${String(steps)} steps. Exported ${whole(exportedPerSecond)} a second; the process grew by ${whole(grownMib)} MiB meanwhile.`,
  );
  await small.end("SIGTERM");
  await large.end("SIGTERM");
}

/** What people ask of the record: a title, and the query. */
const SEARCHES: readonly (readonly [title: string, query: string])[] = [
  ["the newest", ""],
  ["of one actor", "actor=service-7"],
  ["of one secret", `secret=${nameOf(14)}`],
  ["denied", "outcome=denied"],
  ["of one action", "action=secrets.resolve"],
  ["of a block of addresses", "address=10.0.3.0/24"],
  ["of one request, from months ago", `requestId=${SOUGHT_REQUEST}`],
  ["an actor's denials", "actor=service-7&outcome=denied"],
  ["with the chart of all the time", "chart=true"],
  ["of one secret, with the chart", `secret=${nameOf(14)}&chart=true`],
];

/** Milliseconds of each search, the page of the console, and of going on from page to page. */
async function searchTimes(coffer: CofferProcess): Promise<{ title: string; ms: number }[]> {
  const cookie = await signIn(coffer.url, TEST_ADMIN.email, TEST_ADMIN.password);
  const get = async (path: string) => {
    const answer = await fetch(`${coffer.url}${path}`, { headers: { cookie }, redirect: "manual" });
    const text = await answer.text();
    if (answer.status !== 200)
      throw new Error(`${path} answered ${String(answer.status)}: ${text}`);
    return text;
  };
  const times: { title: string; ms: number }[] = [];
  for (const [title, query] of SEARCHES) {
    const path = `/api/v1/audit?limit=50&${query}`;
    times.push({ title, ms: await timeOf(() => get(path)) });
  }
  times.push({ title: "the console's page", ms: await timeOf(() => get("/audit")) });
  let cursor = "";
  const turnPage = async () => {
    const page = JSON.parse(await get(`/api/v1/audit?limit=50${cursor}`)) as Page;
    cursor = page.nextCursor ? `&cursor=${encodeURIComponent(page.nextCursor)}` : "";
  };
  times.push({ title: "further on, each page after the other", ms: await timeOf(turnPage) });
  return times;
}

interface Page {
  nextCursor: string | null;
}

async function timeOf(run: () => Promise<unknown>): Promise<number> {
  await run(); // not counted: what is made at the first use
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now();
    await run();
    times.push(performance.now() - from);
  }
  return median(times);
}

/** What it takes to verify all of the record while Coffer runs, and to export it. */
export interface WholeRecord {
  verifiedPerSecond: number;
  /** Different numbers of verified events that were told on the way. */
  steps: number;
  exportedPerSecond: number;
  /** By how much the process grew while it exported, in MiB, at its largest. */
  grownMib: number;
}

async function wholeRecord(coffer: CofferProcess): Promise<WholeRecord> {
  const cookie = await signIn(coffer.url, TEST_ADMIN.email, TEST_ADMIN.password);
  const headers = { cookie, origin: coffer.url };
  const from = performance.now();
  await fetch(`${coffer.url}/api/v1/audit/verify`, { method: "POST", headers });
  const told = new Set<number>();
  let last = await verification(coffer, headers);
  for (; last.state === "running"; last = await verification(coffer, headers)) {
    told.add(last.checked);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  if (last.state !== "done" || last.findings > 0) throw new Error("The record does not verify.");
  const verifiedPerSecond = (last.checked * 1_000) / (performance.now() - from);
  return { verifiedPerSecond, steps: told.size, ...(await exportAll(coffer, headers)) };
}

interface Verification {
  state: string;
  checked: number;
  findings: number;
}

async function verification(
  coffer: CofferProcess,
  headers: Record<string, string>,
): Promise<Verification> {
  const answer = await fetch(`${coffer.url}/api/v1/audit/verify`, { headers });
  const { verification } = (await answer.json()) as { verification: Verification };
  return verification;
}

async function exportAll(coffer: CofferProcess, headers: Record<string, string>) {
  const before = residentMib(coffer.pid);
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, residentMib(coffer.pid))), 50);
  const from = performance.now();
  const answer = await fetch(`${coffer.url}/api/v1/audit/export`, { headers });
  if (answer.status !== 200) throw new Error(`The export answered ${String(answer.status)}.`);
  let lines = 0;
  for await (const chunk of Readable.fromWeb(answer.body as ReadableStream)) {
    for (const byte of chunk as Uint8Array) if (byte === 10) lines++;
  }
  clearInterval(watch);
  const seconds = (performance.now() - from) / 1_000;
  return { exportedPerSecond: lines / seconds, grownMib: most - before };
}
