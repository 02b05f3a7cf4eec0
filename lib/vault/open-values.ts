import { readySealed, sealedLength, type ReadySealed } from "../crypto/envelope";
import type { Keyring } from "../crypto/keyring";
import { CofferError, isCofferError } from "../errors";
import type { Log } from "../log";
import type { Reference } from "../reference/segments";
import type { ServerVariables } from "../server-variables";
import type { ResolveRow } from "../store/resolve-rows";
import type { Reason, Value } from "./decide";
import type { Failure } from "./failures";
import { Latest } from "./latest";
import { membersOf, type MembersOf } from "./member";
import type { Decisions } from "./references";

/** What is needed to open values. */
export interface OpenOptions {
  keyring: Keyring;
  variables: ServerVariables;
  log: Log;
}

/** A value that was opened for this request, and a reader of its members once one was asked for. */
interface Opened {
  plaintext: string;
  membersOf: MembersOf | undefined;
}

/** The values of one request's references, each opened once however often it is asked for. */
export interface Values {
  /** How many bytes of UTF-8 a reference becomes; 0 where it is not known before its value is open. Opens nothing. */
  bytesOf: (reference: Reference) => number;
  /** What a reference becomes. Nothing, and one failure more, where its value turns out to be of no use. */
  valueOf: (reference: Reference) => string;
  readonly failures: readonly Failure[];
}

/** A reader of the values that were decided on. What it opens lives as long as the request. */
export function valuesOf(options: OpenOptions, requestId: string, decisions: Decisions): Values {
  const opened = new Map<string, Opened | null>();
  const failures: Failure[] = [];

  const once = (key: string, read: () => string | null): Opened | null => {
    const known = opened.get(key);
    if (known !== undefined) return known;
    const plaintext = read();
    const result = plaintext === null ? null : { plaintext, membersOf: undefined };
    opened.set(key, result);
    return result;
  };
  const fail = (reference: Reference, reason: Reason): string => {
    failures.push({ reference, reason });
    return "";
  };
  const pick = (reference: Reference, result: Opened): string => {
    if (reference.member === undefined) return result.plaintext;
    result.membersOf ??= membersOf(result.plaintext);
    const member = result.membersOf(reference.member);
    return member.found ? member.text : fail(reference, member.reason);
  };

  return {
    failures,
    bytesOf(reference) {
      const decision = decisions.get(reference);
      if (decision?.kind === "text") return Buffer.byteLength(decision.text);
      if (reference.member !== undefined) return 0;
      if (decision?.kind === "value") return sealedLength(decision.sealed);
      if (decision?.kind !== "variable") return 0;
      return Buffer.byteLength(options.variables.read(decision.name) ?? "");
    },
    valueOf(reference) {
      const decision = decisions.get(reference);
      switch (decision?.kind) {
        case "text":
          return decision.text;
        case "value": {
          const { secretId, version } = decision;
          const key = `${secretId} ${String(version)}`;
          const result = once(key, () => openValue(options, requestId, decision));
          return result === null ? fail(reference, "unreadable") : pick(reference, result);
        }
        case "variable": {
          const { name } = decision;
          const result = once(`$ENV/${name}`, () => options.variables.read(name) ?? null);
          return result === null ? fail(reference, "missing") : pick(reference, result);
        }
        default:
          throw new CofferError("internal", "A reference was not decided.");
      }
    },
  };
}

/** Values made ready to be opened, as long as their rows are kept: it costs half of what opening does. */
const readied = new WeakMap<ResolveRow, ReadySealed>();

/** @throws CofferError `unreadable` */
function readyOf({ row, secretId, version, sealed }: Value): ReadySealed {
  let ready = readied.get(row);
  if (ready === undefined) {
    const { environmentId, nameKey } = row;
    ready = readySealed({ environmentId, nameKey, secretId, version }, sealed);
    readied.set(row, ready);
  }
  return ready;
}

/** What the log says already: a request that is decided again finds the same value again. */
const told = new Latest<true>(1_000);

/**
 * What a sealed value says, or null if it can't be opened: it is one of the list's failures then, and the log
 * says which row to look at.
 */
function openValue({ keyring, log }: OpenOptions, requestId: string, value: Value): string | null {
  const { secretId, version } = value;
  try {
    return keyring.openReady(readyOf(value)).toString("utf8");
  } catch (error) {
    if (!isCofferError(error) || error.code !== "unreadable") throw error;
    told.seen(`${requestId} ${secretId} ${String(version)}`, () => {
      log.error({ requestId, secretId, version }, "a stored value does not open");
      return true;
    });
    return null;
  }
}
