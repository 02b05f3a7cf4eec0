import type { Caller, ServiceCaller } from "../access/caller";
import { isStale } from "../audit/group-commit";
import { CofferError, isCofferError, isRetryable } from "../errors";
import type { WatchLimits } from "../limits";
import { describeError } from "../log";
import type { Moment } from "../store/moment";
import type { WatchEvent } from "../shapes";
import { demand, type Door } from "./door";
import { decideAll, namedVersions } from "./references";
import { documentOf } from "./render";
import { configOf } from "./resolve";
import { requireLimits, type ResolverOptions } from "./resolver";
import { watchTagger } from "./tag";
import type { Resolver, WatchRequest, WatchStream } from "./vault";
import {
  changesSince,
  endsAt,
  standpoints,
  watchedOf,
  type Standing,
  type Watched,
} from "./watched";
import type { Place, WatchRounds } from "./watch-rounds";

/** What the watching is made of. */
export interface WatchOptions extends ResolverOptions {
  rounds: WatchRounds;
  limits: WatchLimits;
}

/** A connection as it stands: who watches what, and what they were told. */
interface Connection {
  caller: ServiceCaller;
  watched: Watched;
  told: Standing;
  /** Since when nothing could be told, as it had always changed again before it was on record: what `performance.now` said. */
  behindSince: number | null;
}

interface Begun {
  connection: Connection;
  place: Place;
}

/** What is kept of a request: not what was sent, which may hold anything. */
type Terms = Omit<WatchRequest, "sent">;

const ACTION = "secrets.watch";
/** As often is it decided in one round what there is to tell. What changes faster than that is told in a later one. */
const DECISIONS_A_ROUND = 5;
/** So long may it go on like that. */
const LONGEST_BEHIND_MS = 30_000;

/**
 * Tells a service which of the references that it names have changed, as `check` would tell of them, and never a value. Each
 * time all is decided anew, from the token on, and what is told is on record before it is.
 */
export function watchFunctions(
  door: Door,
  options: WatchOptions,
): Pick<Resolver, "watch" | "endWatches"> {
  const { callers, rounds, limits, log } = options;
  const tagOf = watchTagger(options.keyring.derive("tag"), door.journal.id);

  /** What the references come to for `service`, if it may watch and limits its request as it has to. */
  async function standing(
    service: ServiceCaller,
    watched: Watched,
    { onMissing, only, paths }: Terms,
  ) {
    demand(service, ACTION);
    requireLimits(service, { only, paths });
    const asked = { action: ACTION, onMissing, only } as const;
    const decisions = await decideAll(door, options, service, watched.uses, asked);
    const references = standpoints(watched, decisions);
    const tag = tagOf(service, [onMissing, only ?? null, paths ?? null], watched, references);
    const told: Standing = { references, rulesText: service.rulesText, tag };
    return { told, decisions };
  }

  /**
   * Decides a connection anew. Returns what there is to tell, once that is on record; null where there is nothing, or where it has changed
   * again and again meanwhile: that is a reason for another round, which tells of all of it.
   */
  async function look(
    connection: Connection,
    place: Place,
    terms: Terms,
  ): Promise<WatchEvent | null> {
    for (let decisions = 1; ; decisions++) {
      const moment = door.store.latest;
      const { caller, expiresAt } = await callers.present(connection.caller, decisions > 1);
      const now = await door.lookUp(() => standing(caller, connection.watched, terms));
      note(place, moment, endsAt(expiresAt, now.decisions), connection.watched);
      const change = changesSince(connection.told, now.told);
      if (change) {
        const names = change.changed.map(({ named }) => named);
        try {
          await door.read(caller, attemptOf(caller), () =>
            Promise.resolve({ answer: undefined, names, code: "changed" }),
          );
        } catch (error) {
          if (!isStale(error)) throw error;
          if (decisions < DECISIONS_A_ROUND) continue;
          connection.behindSince ??= performance.now();
          if (performance.now() - connection.behindSince > LONGEST_BEHIND_MS) throw error;
          return null;
        }
      }
      Object.assign(connection, { caller, told: now.told, behindSince: null });
      return change && changeEvent(now.told.tag, change);
    }
  }

  async function* events(
    connection: Connection,
    place: Place,
    terms: Terms,
  ): AsyncGenerator<WatchEvent> {
    let isNoted = false;
    try {
      yield firstEvent(connection, terms);
      for (;;) {
        const why = await place.next();
        if (why === "gone") return;
        if (why === "stopping") {
          await ended(connection.caller);
          isNoted = true;
          yield STOPPING;
          return;
        }
        if (why === "unavailable") throw unavailable();
        const event = await look(connection, place, terms);
        if (event) yield event;
      }
    } catch (error) {
      isNoted = true;
      yield await refused(connection.caller, error);
    } finally {
      if (!isNoted) await ended(connection.caller);
      place.leave();
    }
  }

  /** The end of a connection that was refused what it has, once that is on record. */
  async function refused(caller: ServiceCaller, thrown: unknown): Promise<WatchEvent> {
    let error = thrown;
    try {
      await door.noteRefusal(caller, attemptOf(caller), thrown);
    } catch (unrecorded) {
      error = unrecorded;
    }
    if (isCofferError(error)) return endEvent(error);
    log.error(describeError(error), "a watch failed");
    return endEvent(new CofferError("internal", "Something went wrong inside Coffer."));
  }

  async function ended(caller: ServiceCaller): Promise<void> {
    const outcome = { outcome: "ok", code: "ended" } as const;
    await door.journal
      .record({ caller, ...attemptOf(caller), ...outcome })
      .catch((error: unknown) => {
        log.warn(describeError(error), "the end of a watch could not be put on record");
      });
  }

  /** Begins to watch, on record. What is sent is let go of: only what `streamOf` is given stays. */
  async function begin(caller: Caller, { sent, ...terms }: WatchRequest): Promise<Begun> {
    let place: Place | undefined;
    let reading: Promise<Watched> | undefined;
    async function decide(asks: Caller) {
      const service = requireService(asks);
      requireLimits(service, terms);
      place ??= rounds.enter(service.id);
      const watched = await (reading ??= watchedIn(options, sent, limits.references));
      const moment = door.store.latest;
      const { expiresAt } = await callers.present(service, false);
      const { told, decisions } = await standing(service, watched, terms);
      note(place, moment, endsAt(expiresAt, decisions), watched);
      const code = told.tag === terms.lastEventId ? "unchanged" : "started";
      const answer = { connection: { caller: service, watched, told, behindSince: null }, place };
      return { answer, names: namedVersions(decisions), code };
    }
    try {
      return await callers.asking(caller, (asks) =>
        door.read(asks, attemptOf(asks), () => decide(asks)),
      );
    } catch (error) {
      place?.leave();
      throw error;
    }
  }

  function streamOf({ connection, place }: Begun, terms: Terms): WatchStream {
    return {
      events: events(connection, place, terms),
      heartbeatMs: limits.heartbeatMs,
      close: () => place.close(),
    };
  }

  return {
    watch: async (caller, request) => {
      const { onMissing, only, paths, lastEventId } = request;
      return streamOf(await begin(caller, request), { onMissing, only, paths, lastEventId });
    },
    endWatches: () => rounds.stop(),
  };
}

/** @throws CofferError `forbidden` for people, too */
function requireService(caller: Caller): ServiceCaller {
  demand(caller, ACTION);
  if (caller.kind === "service") return caller;
  throw new CofferError("forbidden", "Only services watch.");
}

function attemptOf(caller: Caller) {
  const environment = caller.kind === "service" ? caller.environment.slug : undefined;
  return { action: ACTION, environment };
}

function note(place: Place, moment: Moment, until: number, { uses }: Watched): void {
  place.decided({ moment, until, references: uses.length });
}

async function watchedIn(
  { documents }: ResolverOptions,
  sent: WatchRequest["sent"],
  most: number,
): Promise<Watched> {
  const document = "body" in sent ? configOf(sent) : await documentOf(documents, sent);
  return watchedOf(document, most);
}

function firstEvent({ watched, told }: Connection, { lastEventId }: Terms): WatchEvent {
  const { tag, references } = told;
  if (tag === lastEventId) return { kind: "unchanged", tag };
  const list = [...references.map(({ info }) => info), ...watched.mistakes];
  return { kind: "state", tag, references: list };
}

function changeEvent(
  tag: string,
  { changed, rules }: NonNullable<ReturnType<typeof changesSince>>,
): WatchEvent {
  return { kind: "change", tag, rules, references: changed.map(({ info }) => info) };
}

function endEvent({ code, message }: CofferError): WatchEvent {
  return { kind: "end", reason: code, message, reconnect: isRetryable(code) };
}

const STOPPING: WatchEvent = {
  kind: "end",
  reason: "stopping",
  message: "This Coffer is stopping. Connect again.",
  reconnect: true,
};

function unavailable(): CofferError {
  return new CofferError(
    "unavailable",
    "It can't be found out any more what has changed. Connect again.",
  );
}
