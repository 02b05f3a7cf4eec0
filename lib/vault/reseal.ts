import { OPERATOR } from "../access/caller";
import { keyIdOf, LOST } from "../crypto/sealed-key";
import { isCofferError } from "../errors";
import { describeError, type Log } from "../log";
import { readHead } from "../store/keyring-rows";
import type { Resealed, SealedHead, SealedRow } from "../store/sealed-rows";
import { isFull } from "../store/store";
import type { Door } from "./door";
import { everyValue, rest } from "./every-value";
import { requireHead, requireKeyring } from "./live-keyring";

/** Values sealed anew in one transaction: a few milliseconds, even where each is 64 KiB. */
const BATCH = 16;
/** After each, everything else has the database for as long as the batch had it, and for this at least. */
const REST_MS = 3;

/** How far this process has come with sealing anew. */
export interface ResealProgress {
  running: boolean;
  /** Values that it has sealed anew. */
  resealed: number;
  /** Values that don't open, and are left as they are. */
  unreadable: number;
  /** Why it stopped before the end, to be tried again; null where it did not. */
  problem: string | null;
}

/**
 * Seals every value anew that is under an older data key (FORMAT.md, "Sealing anew"), in the background and in small
 * transactions. What is done stays done: after a kill, a later run finds what is left. Several processes may
 * do it at once, because each replaces only a text that is still the one that it opened.
 */
export class Reseal {
  #work: Promise<void> | undefined;
  #stopped = false;
  #progress: ResealProgress = { running: false, resealed: 0, unreadable: 0, problem: null };

  constructor(
    private readonly door: Door,
    private readonly log: Log,
  ) {}

  get progress(): ResealProgress {
    return { ...this.#progress };
  }

  /** Begins, unless it is at it. */
  begin(): void {
    if (this.#stopped) return;
    this.#work ??= this.#run().finally(() => (this.#work = undefined));
  }

  /** Begins where the database says that there is work left. */
  async resume(): Promise<void> {
    const { resealedTo, newestKeyId } = await readHead(this.door.store.db);
    if (resealedTo < newestKeyId) this.begin();
  }

  /** Waits until it has ended, for better or worse. */
  async settled(): Promise<void> {
    await this.#work;
  }

  /** Ends after the present batch. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#work;
  }

  async #run(): Promise<void> {
    this.#progress = { running: true, resealed: 0, unreadable: 0, problem: null };
    try {
      await this.door.keys.catchUp();
      const to = this.door.keys.keyring.newestKeyId;
      while (!this.#stopped && (await this.#pass(to)) > 0);
      if (!this.#stopped) await this.#finish(to);
    } catch (error) {
      this.#progress.problem = problemOf(error);
      this.log.error(describeError(error), "sealing values anew stopped, and is tried again");
    } finally {
      this.#progress.running = false;
    }
  }

  /** Goes through all values once. Returns how many it has replaced. */
  async #pass(to: number): Promise<number> {
    let replaced = 0;
    this.#progress.unreadable = 0;
    for await (const page of everyValue(this.door.store)) {
      const old = page.filter(({ head }) => head !== LOST && keyIdOf(head) !== to);
      for (let at = 0; at < old.length && !this.#stopped; at += BATCH) {
        const since = performance.now();
        const count = await this.#batch(old.slice(at, at + BATCH));
        replaced += count;
        this.#progress.resealed += count;
        await rest(Math.max(REST_MS, performance.now() - since));
      }
      if (this.#stopped) break;
    }
    return replaced;
  }

  async #batch(versions: readonly SealedHead[]): Promise<number> {
    const { store, keys } = this.door;
    const rows = await store.direct.readSealedRows(versions);
    await keys.knowing(rows);
    const resealed = rows.flatMap((row) => this.#resealed(row) ?? []);
    return resealed.length === 0 ? 0 : store.replaceSealed(resealed);
  }

  #resealed(row: SealedRow): Resealed | null {
    const { keyring } = this.door.keys;
    const { secretId, version, sealed: from } = row;
    try {
      const plaintext = keyring.open(row, from);
      const to = keyring.seal(row, plaintext);
      plaintext.fill(0);
      return { secretId, version, from, to };
    } catch (error) {
      if (!isCofferError(error) || error.code !== "unreadable") throw error;
      this.#progress.unreadable += 1;
      return null;
    }
  }

  /** Puts on record that the old keys seal nothing any more that opens. */
  async #finish(to: number): Promise<void> {
    const { journal, rows, store } = this.door;
    const { unreadable } = this.#progress;
    await journal.commit(async (tx, note) => {
      await tx.revision.update({ where: { id: 1 }, data: { counter: { increment: 0 } } });
      const head = await readHead(tx);
      requireHead(rows, head, await requireKeyring(tx));
      if (head.resealedTo >= to) return;
      await tx.keyring.update({
        where: { id: head.id },
        data: rows.changed("keyring", head, { resealedTo: to }),
      });
      const code = unreadable > 0 ? "unreadable" : undefined;
      const target = `data key ${String(to)}`;
      note({ caller: OPERATOR, action: "keys.reseal", target, outcome: "ok", code });
    });
    await store.scrubLog(); // the texts under the old key are in the file's log until then
  }
}

/** Why the work stopped, for people: never what the database said. */
function problemOf(error: unknown): string {
  if (isCofferError(error)) return error.message;
  return isFull(error)
    ? "The disk is full, or the database may not grow. Make room: nothing is lost, and the work goes on by itself."
    : "The database refused the work. Nothing is lost, and it is tried again by itself.";
}
