import type { Caller } from "../access/caller";
import { actorName } from "../audit/event";
import { CofferError, isCofferError } from "../errors";
import { describeError, type Log } from "../log";
import type { BackupStatus } from "../shapes";
import type { BackupPiece } from "./backup-maker";
import type { Door } from "./door";

/** What the events of a backup are about, that of its restoring too. */
export function attemptAt(takenAt: Date): { action: string; target: string } {
  return { action: "backup.create", target: `backup of ${takenAt.toISOString()}` };
}

/**
 * A backup from its first piece to its last. How it ends is on record: `finished` once its last piece was handed over and
 * another one was asked for, `broken_off` where whoever took it has gone away before that.
 */
export class BackupUnderWay implements AsyncIterableIterator<Buffer> {
  #pieces: AsyncGenerator<BackupPiece> | undefined;
  #done = 0;
  #total: number | null = null;
  #bytes = 0;
  #end: Promise<void> | undefined;
  #isFinished = false;

  constructor(
    private readonly door: Door,
    private readonly caller: Caller,
    private readonly takenAt: Date,
    private readonly progress: (done: number, total: number) => void,
    /** Told once, when it is over. */
    private readonly over: () => void,
    private readonly log: Log,
  ) {}

  /** How far it is. */
  get status(): NonNullable<BackupStatus["underWay"]> {
    const startedAt = this.takenAt.toISOString();
    return { startedAt, by: actorName(this.caller), done: this.#done, total: this.#total };
  }

  /** Gives it what to hand over. */
  begin(pieces: AsyncGenerator<BackupPiece>): this {
    this.#pieces = pieces;
    return this;
  }

  async next(): Promise<IteratorResult<Buffer, undefined>> {
    if (this.#isFinished) return { done: true, value: undefined };
    if (this.#hasEnded() || !this.#pieces) throw brokenOff();
    try {
      const given = await this.#pieces.next();
      if (this.#hasEnded()) throw brokenOff(); // meanwhile: what looks like its end is none
      if (given.done === true) {
        await (this.#end = this.#finish());
        return { done: true, value: undefined };
      }
      return { done: false, value: this.#counted(given.value) };
    } catch (error) {
      await (this.#end ??= this.#fail(error));
      throw error;
    }
  }

  #hasEnded(): boolean {
    return this.#end !== undefined;
  }

  #counted({ bytes, done, total }: BackupPiece): Buffer {
    this.#done = done;
    this.#total = total;
    this.#bytes += bytes.length;
    this.progress(done, total);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Whoever took it wants no more. */
  async return(): Promise<IteratorResult<Buffer, undefined>> {
    await this.stop("broken_off");
    return { done: true, value: undefined };
  }

  /** Ends it unless it has ended. Nothing more can be had of it: what was taken is no whole file. */
  async stop(code: string): Promise<void> {
    await (this.#end ??= this.#breakOff(code));
  }

  async #finish(): Promise<void> {
    this.over();
    const { door, caller, takenAt } = this;
    const taken = { takenAt, takenBy: actorName(caller) };
    await door.journal.commit(async (tx, note) => {
      await tx.lastBackup.deleteMany();
      await tx.lastBackup.create({
        data: { id: 1, ...taken, rows: this.#total ?? 0, bytes: this.#bytes },
      });
      note({ ...this.#event, outcome: "ok", code: "finished" });
    });
    this.#isFinished = true;
  }

  /** The log says why: once the first piece was handed over, no answer can. */
  async #fail(error: unknown): Promise<void> {
    await this.#giveUp();
    const cause = isCofferError(error) ? error.cause : error;
    if (cause !== undefined) this.log.error(describeError(cause), "a backup could not be made");
    await this.door.noteRefusal(this.caller, attemptAt(this.takenAt), error);
  }

  async #breakOff(code: string): Promise<void> {
    await this.#giveUp();
    await this.door.journal.record({ ...this.#event, outcome: "failed", code });
  }

  /** Gives up what it is made of. */
  async #giveUp(): Promise<void> {
    await this.#pieces?.return(undefined).catch(() => undefined); // its error is told where it was met
    this.over();
  }

  /** Not the request's event: that one says that it has begun. */
  get #event() {
    const origin = { ...this.caller.origin, requestId: "" };
    return { caller: { ...this.caller, origin }, ...attemptAt(this.takenAt) };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

function brokenOff(): CofferError {
  return new CofferError(
    "unavailable",
    "The backup was broken off before its end. Take another one.",
  );
}
