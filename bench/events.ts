import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import type { Caller, ServiceCaller } from "../lib/access/caller";
import { openJournal } from "../lib/audit/journal";
import type { Happening } from "../lib/audit/event";
import { openKeyring } from "../lib/crypto/keyring";
import { readKeyring } from "../lib/store/keyring-rows";
import { openStore } from "../lib/store/store";
import { TEST_ADMIN, TEST_KEY } from "../tests/support/keys";
import type { CofferProcess } from "../tests/support/process";
import { signIn } from "../tests/support/sign-in";
import { residentMib } from "./child";
import { nameOf, type Filled } from "./fill";
import { median } from "./resolving";

const AT_ONCE = 1_000;
const ACTORS = 50;
const NAMES = 100;
const ADDRESSES = 200;
const DAYS = 90;
const DAY_MS = 86_400_000;
const ROUNDS = 15;
/** A request's id that one event has, in the middle of them. */
const SOUGHT_REQUEST = "bench-sought-request";

/** Puts so many events on the record of a database, over the last 90 days, as Coffer does: in a journal, chained. */
export async function fillEvents({ home }: Filled, events: number): Promise<void> {
  const store = await openStore({
    databaseUrl: `file:${join(home, "data", "coffer.db")}`,
    prismaDirectory: join(process.cwd(), "prisma"),
  });
  const keys = await readKeyring(store.db);
  if (!keys) throw new Error("The database has no keyring.");
  const key = (await openKeyring(keys, TEST_KEY)).derive("audit");
  const from = Date.now() - DAYS * DAY_MS;
  let written = 0;
  const now = () => new Date(from + (written * (DAYS - 1) * DAY_MS) / events);
  const journal = await openJournal(store, happening(0, events), now, key);
  for (; written < events; written += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, events - written) }, (_, index) =>
      journal.record(happening(written + index, events)),
    );
    await Promise.all(some);
  }
  await store.close();
}

function happening(index: number, events: number): Happening {
  const isDenied = index % 50 === 7;
  const caller: Caller = {
    ...SERVICE,
    id: `service-${String(index % ACTORS)}`,
    name: `service-${String(index % ACTORS)}`,
    origin: {
      address: `10.0.${String(index % 7)}.${String(index % ADDRESSES)}`,
      userAgent: "bench/1.0",
      requestId: index === Math.floor(events / 2) ? SOUGHT_REQUEST : randomUUID(),
    },
  };
  return {
    caller,
    ...{ action: "secrets.resolve", environment: "default" },
    names: [[nameOf((index * 7) % NAMES), 1]],
    ...(isDenied ? { outcome: "denied", code: "reference_denied" } : { outcome: "ok" }),
  };
}

const SERVICE: ServiceCaller = {
  ...{ kind: "service", id: "", name: "", tokenId: "bench" },
  environment: { id: "", slug: "default", protected: false },
  ...{ rules: [], rulesText: "", demands: [] },
  origin: { address: "", userAgent: "", requestId: "" },
};

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
export async function searchTimes(coffer: CofferProcess): Promise<{ title: string; ms: number }[]> {
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

export async function wholeRecord(coffer: CofferProcess): Promise<WholeRecord> {
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
