import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Caller, ServiceCaller } from "../lib/access/caller";
import type { Happening } from "../lib/audit/event";
import { openJournal } from "../lib/audit/journal";
import { openKeyring } from "../lib/crypto/keyring";
import { readKeyring } from "../lib/store/keyring-rows";
import { openStore } from "../lib/store/store";
import { TEST_KEY } from "../tests/support/keys";
import { nameOf, type Filled } from "./fill";

const AT_ONCE = 1_000;
const ACTORS = 50;
const NAMES = 100;
const ADDRESSES = 200;
const DAYS = 90;
const DAY_MS = 86_400_000;
/** A request's id that one event has, in the middle of them. */
export const SOUGHT_REQUEST = "bench-sought-request";

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
