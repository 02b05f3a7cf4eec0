import type { Caller } from "../access/caller";
import { keyIdOf, LOST } from "../crypto/sealed-key";
import { isCofferError } from "../errors";
import { describeError, type Log } from "../log";
import type { KeyCheck, UnopenedValue } from "../shapes";
import type { SealedRow } from "../store/sealed-rows";
import type { Door } from "./door";
import { everyValue, rest } from "./every-value";

/** Values opened before everything else has its turn. */
const BATCH = 50;
/** Values that an answer names. The count goes on. */
const NAMED = 500;

/** Opens every value once, in the background, and says which don't. */
export class KeyChecker {
  #work: Promise<void> | undefined;
  #stopped = false;
  #check: KeyCheck | null = null;

  constructor(
    private readonly door: Door,
    private readonly log: Log,
  ) {}

  /** The check that is under way in this process, or the last one; null before the first. */
  get latest(): KeyCheck | null {
    return this.#check && snapshot(this.#check);
  }

  /** Begins a check, unless one is under way. What it finds is put on record for `caller`. */
  begin(caller: Caller): KeyCheck {
    if (this.#check && this.#work) return snapshot(this.#check);
    const startedAt = this.door.now().toISOString();
    const check: KeyCheck = {
      ...{ state: "running", startedAt, finishedAt: null },
      ...{ total: 0, checked: 0, unopened: 0, lost: 0, items: [] },
    };
    this.#check = check;
    this.#work = this.#run(caller, check).finally(() => (this.#work = undefined));
    return snapshot(check);
  }

  /** Waits until it has ended. */
  async settled(): Promise<void> {
    await this.#work;
  }

  /** Ends after the present batch. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#work;
  }

  async #run(caller: Caller, check: KeyCheck): Promise<void> {
    const { store, journal, now } = this.door;
    try {
      const isThere = { AND: [{ sealed: { not: null } }, { sealed: { not: LOST } }] };
      check.total = await store.db.secretVersion.count({ where: isThere });
      await this.#openAll(check);
      const code = this.#stopped ? "stopped" : check.unopened > 0 ? "unreadable" : undefined;
      const names = check.items.map(({ name, version }) => [name, version] as const);
      // It is not the request's event: that one is written, and answered, when the check begins.
      const origin = { ...caller.origin, requestId: "" };
      const by = { ...caller, origin };
      await journal.record({ caller: by, action: "keys.check", names, outcome: "ok", code });
      check.state = this.#stopped ? "failed" : "done";
    } catch (error) {
      this.log.error(describeError(error), "the key check did not finish");
      check.state = "failed";
    }
    check.finishedAt = now().toISOString();
  }

  async #openAll(check: KeyCheck): Promise<void> {
    const { store, keys } = this.door;
    for await (const page of everyValue(store)) {
      for (let at = 0; at < page.length && !this.#stopped; at += BATCH) {
        const batch = page.slice(at, at + BATCH);
        const rows = await store.direct.readSealedRows(batch);
        await keys.knowing(rows);
        const values = rows.filter((row) => !isLost(row));
        for (const row of values) await this.#open(row, check);
        const lost = rows.length - values.length;
        check.lost += lost;
        check.checked += batch.length - lost;
        check.total = Math.max(check.total, check.checked);
        await rest(0);
      }
      if (this.#stopped) return;
    }
  }

  async #open(row: SealedRow, check: KeyCheck): Promise<void> {
    const reason = this.#refusal(row);
    if (reason === null) return;
    check.unopened += 1;
    if (check.items.length >= NAMED) return;
    const secret = await this.door.store.db.secret.findUnique({
      where: { id: row.secretId },
      select: { name: true, environment: { select: { slug: true } } },
    });
    check.items.push({
      name: secret?.name ?? row.nameKey,
      environment: secret?.environment.slug ?? "",
      version: row.version,
      keyId: keyIdOf(row.sealed),
      reason,
    });
  }

  /** Why a value does not open; null where it does. */
  #refusal(row: SealedRow): UnopenedValue["reason"] | null {
    try {
      this.door.keys.keyring.open(row, row.sealed).fill(0);
      return null;
    } catch (error) {
      if (!isCofferError(error) || error.code !== "unreadable") throw error;
      return (error.details?.["reason"] ?? "malformed") as UnopenedValue["reason"];
    }
  }
}

/** Whether a value was lost with its keyring. The same text in another version's place is damage. */
function isLost({ sealed, version, lostVersion }: SealedRow): boolean {
  return sealed === LOST && version <= lostVersion;
}

function snapshot(check: KeyCheck): KeyCheck {
  return { ...check, items: [...check.items] };
}
