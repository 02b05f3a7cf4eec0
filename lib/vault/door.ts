import type { Caller } from "../access/caller";
import { may, mustConfirm, type Action, type Target } from "../access/may";
import { NAMES_IN_EVENT, type Happening, type NamedVersion } from "../audit/event";
import { isNotWritten, isStale } from "../audit/group-commit";
import type { Journal } from "../audit/journal";
import { CofferError, isCofferError, statusOf, type ErrorCode } from "../errors";
import { LIMITS } from "../limits";
import type { Log } from "../log";
import { isName } from "../name";
import type { Under } from "../store/moment";
import { isDatabaseError, type Db, type Store } from "../store/store";
import type { FailureInfo } from "./failures";
import type { LiveKeyring } from "./live-keyring";
import { Rates } from "./rates";
import { Repeats } from "./repeats";
import type { Rows } from "./rows";
import { Throttle } from "./throttle";

/**
 * The changes that leave what a service gets as it is: those that are about people only, of whom nothing is kept in
 * memory, and those of the keyring, which change how values are sealed and not what they are. Any other one, also
 * one that is new, may bind what a service gets.
 */
const BINDS_NO_SERVICE =
  /^(account|sessions|two_step|users|identities|links|policy|keys)\.|^setup(\.prepare)?$/;

/** What was attempted, as far as it is known before any lookup. */
export interface Attempt {
  action: string;
  environment?: string | undefined;
  /** A secret's name, a service's id. A text that is not a legal name is kept off the record. */
  target?: string | undefined;
  /** Id of the incident under which it is done. */
  incident?: string | undefined;
}

/** What a piece of work adds to its event. */
export interface Outcome<T> {
  answer: T;
  names?: readonly NamedVersion[];
  environment?: string;
  target?: string;
  code?: string;
  incident?: string;
  /** What else was done in the same change, on record before it. */
  besides?: readonly { action: string; target: string; environment?: string; code?: string }[];
}

/**
 * What every vault function goes through. A read is answered after its event is durable; a change is
 * written together with its event; a refusal is put on record before it is thrown on.
 */
export class Door {
  /** Errors that are on record, so that no layer above records them again. */
  readonly #noted = new WeakSet<Error>();
  /** How often each caller may ask. */
  readonly rates: Rates;
  /** How often anybody may guess. */
  readonly throttle: Throttle;
  /** Denials that are alike. */
  readonly repeats: Repeats;

  constructor(
    readonly store: Store,
    readonly journal: Journal,
    /** The rows that access is decided by, checked. */
    readonly rows: Rows,
    /** What values are sealed and opened by. */
    readonly keys: LiveKeyring,
    readonly now: () => Date,
    log: Log,
    limits = LIMITS,
    /** How long the trash keeps a secret. */
    readonly trashDays = 30,
  ) {
    this.rates = new Rates(limits, now);
    this.throttle = new Throttle(limits.backoffs, now);
    this.repeats = new Repeats(journal, limits.repeats, now, log);
  }

  /**
   * Runs a read. `work` must ask `demand`. For a caller who is known from memory, also
   * @throws CofferError `unavailable`, which `isStale`: `ServiceCallers.asking` has it decided again
   */
  async read<T>(caller: Caller, attempt: Attempt, work: () => Promise<Outcome<T>>): Promise<T> {
    return this.#guarded(caller, attempt, async () => {
      const outcome = await work();
      await this.#record(happened(caller, attempt, outcome), underOf(caller));
      return outcome.answer;
    });
  }

  /**
   * Runs a change in one transaction. `work` must ask `demand`. Its first statement is made here, because it
   * must be a write: Revision rises where the change may bind what a service gets. What is about people only
   * leaves it as it is, so that nobody who renames themselves makes services wait. The same row tells whether the
   * keyring is another by now.
   */
  async change<T>(
    caller: Caller,
    attempt: Attempt,
    work: (tx: Db) => Promise<Outcome<T>>,
  ): Promise<T> {
    return this.#guarded(caller, attempt, () =>
      this.journal.commit(async (tx, note) => {
        const increment = BINDS_NO_SERVICE.test(attempt.action) ? 0 : 1;
        const revision = { where: { id: 1 }, data: { counter: { increment } } };
        await this.keys.follow(tx, (await tx.revision.update(revision)).keyring);
        const outcome = await work(tx);
        const { environment } = outcome;
        for (const { action, ...done } of outcome.besides ?? []) {
          const where = { ...attempt, ...(environment && { environment }), action };
          note(happened(caller, where, { answer: undefined, ...done }));
        }
        for (const event of eventsOf(happened(caller, attempt, outcome))) note(event);
        return outcome.answer;
      }),
    );
  }

  /** Runs what comes before a change, such as hashing a password: what it refuses is on record. */
  async prepare<T>(caller: Caller, attempt: Attempt, work: () => Promise<T>): Promise<T> {
    return this.#guarded(caller, attempt, work);
  }

  /**
   * Puts a refusal on record unless it is there. Denials that are alike are counted after the first; one for asking too
   * often is on record, for each caller, once a minute; of who shows no valid credentials a bounded number from each
   * address is taken.
   * @throws CofferError `unavailable`, `rate_limited` in place of one refusal too many
   */
  async noteRefusal(caller: Caller, attempt: Attempt, error: unknown): Promise<void> {
    return this.#noteRefusal(caller, attempt, error, undefined);
  }

  async #noteRefusal(
    caller: Caller,
    attempt: Attempt,
    error: unknown,
    under: Under | undefined,
  ): Promise<void> {
    if (isNotWritten(error)) return;
    if (error instanceof Error) {
      if (
        this.#noted.has(error) ||
        (error.cause instanceof Error && this.#noted.has(error.cause))
      ) {
        return;
      }
      this.#noted.add(error);
    }
    const code = isCofferError(error) ? error.code : "internal";
    const status = statusOf(code);
    const outcome = isDenial(error, code) ? "denied" : "failed";
    const { action, environment, target, incident } = attempt;
    const refusal: Happening = {
      ...{ caller, action, environment, target, names: refusedNames(error) },
      ...{ outcome, code, incident },
    };
    if (status === 429 && this.rates.isTold(caller, code)) {
      this.repeats.countToo(refusal);
      return;
    }
    if (status < 500 && status !== 429 && caller.kind === "nobody") {
      const tooMany = this.rates.takeRefusal(caller);
      if (tooMany) {
        await this.noteRefusal(caller, attempt, tooMany);
        throw tooMany;
      }
    }
    const write = () => this.#record(refusal, under);
    try {
      await (outcome === "denied" && (await this.#isPresent(under))
        ? this.repeats.note(refusal, write)
        : write());
    } catch (unwritten) {
      // Decided again, a request may come to the very same error: a document is read once.
      if (error instanceof Error) this.#noted.delete(error);
      throw unwritten;
    }
  }

  /** Returns once all of it is durable. Where some of it is not, the rest may be on record: of what was not answered then. */
  async #record(happening: Happening, under: Under | undefined): Promise<void> {
    if ((happening.names?.length ?? 0) <= NAMES_IN_EVENT) {
      return this.journal.record(happening, under); // as nearly all are, at every resolve
    }
    await Promise.all(eventsOf(happening).map((event) => this.journal.record(event, under)));
  }

  /** Whether what was decided under that need not be decided again, which else the record finds out. */
  async #isPresent(under: Under | undefined): Promise<boolean> {
    try {
      return under === undefined || under.revision === (await this.store.direct.readRevision());
    } catch {
      return false; // nor can anything be put on record then
    }
  }

  /** Finds out who asks, which is on no record of its own. @throws CofferError `unavailable` */
  async lookUp<T>(work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      throw isDatabaseError(thrown) ? unavailable(thrown) : thrown;
    }
  }

  async #guarded<T>(caller: Caller, attempt: Attempt, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      if (isStale(thrown)) throw thrown;
      const error = isDatabaseError(thrown) ? unavailable(thrown) : thrown;
      await this.#noteRefusal(caller, attempt, error, underOf(caller));
      throw error;
    }
  }
}

/** What a caller was decided under who is known from memory. */
function underOf(caller: Caller): Under | undefined {
  return caller.kind === "service" ? caller.kept?.under : undefined;
}

/** The names for each event; one event where there are none. */
export function portions(names: readonly NamedVersion[]): (readonly NamedVersion[])[] {
  const amount = Math.max(1, Math.ceil(names.length / NAMES_IN_EVENT));
  return Array.from({ length: amount }, (_, at) =>
    names.slice(at * NAMES_IN_EVENT, (at + 1) * NAMES_IN_EVENT),
  );
}

function eventsOf(happening: Happening): Happening[] {
  return portions(happening.names ?? []).map((names) => ({ ...happening, names }));
}

function happened<T>(caller: Caller, attempt: Attempt, outcome: Outcome<T>): Happening {
  return {
    caller,
    action: attempt.action,
    environment: outcome.environment ?? attempt.environment,
    target: outcome.target ?? attempt.target,
    names: outcome.names,
    outcome: "ok",
    code: outcome.code,
    incident: outcome.incident ?? attempt.incident,
  };
}

/** A resolver's list of failures, where an error has one. */
function failuresOf(error: unknown): readonly FailureInfo[] {
  const failures = isCofferError(error) ? error.details?.["failures"] : undefined;
  return Array.isArray(failures) ? (failures as FailureInfo[]) : [];
}

function refusedNames(error: unknown): NamedVersion[] {
  const names = failuresOf(error).flatMap(({ reference, name }) => {
    if (name === null) return [];
    return reference.startsWith("$ENV") ? [`$ENV/${name}`] : [name];
  });
  return Array.from(new Set(names), (name) => [name, 0]);
}

function isDenial(error: unknown, code: ErrorCode): boolean {
  const status = statusOf(code);
  return (
    [401, 403, 429].includes(status) || failuresOf(error).some(({ reason }) => reason === "denied")
  );
}

function unavailable(cause: unknown): CofferError {
  return new CofferError(
    "unavailable",
    "The database can't be reached or refused the work. Nothing was changed. Try again in a moment.",
    { cause },
  );
}

/**
 * Asks the policy.
 * @throws CofferError `unauthenticated`, `forbidden`, `two_step_required`, `confirmation_required`
 */
export function demand(caller: Caller, action: Action, target: Target = {}): void {
  if (caller.kind === "nobody") {
    throw new CofferError(
      "unauthenticated",
      "Sign in, or send a service token as `Authorization: Bearer cfr_…`.",
    );
  }
  if (!may(caller, action, target)) {
    if (caller.kind === "user" && caller.owesTwoStep) throw twoStepRequired();
    throw new CofferError("forbidden", "You are not allowed to do this here.");
  }
  if (mustConfirm(caller, action)) {
    throw new CofferError(
      "confirmation_required",
      "Show again that it is you: send your password or a code to /api/v1/account/confirm, then try again.",
    );
  }
}

function twoStepRequired(): CofferError {
  return new CofferError(
    "two_step_required",
    "An admin has decided that everybody here signs in with a second factor. Set yours up first.",
  );
}

/** `name` if it is a legal secret name; else nothing, so that a value pasted as a name stays off the record. */
export function recordable(name: string): string | undefined {
  return isName(name) ? name : undefined;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `id` if it can be one of Coffer's ids; else nothing, so that a token pasted as an id stays off the record. */
export function recordableId(id: string): string | undefined {
  return UUID.test(id) ? id : undefined;
}
