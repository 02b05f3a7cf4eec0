import type { Caller, Origin } from "../access/caller";
import type { EventRow } from "../store/event-rows";

/** A secret's name, and the version that was read or written; 0 where none was. */
export type NamedVersion = readonly [name: string, version: number];

/** What happened, as the vault tells it. Never a value, a token, a password or a default's text. */
export interface Happening {
  caller: Caller;
  /** A noun and a verb: `secrets.create`. */
  action: string;
  /** Slug of the environment it happened in; empty where there is none. */
  environment?: string | undefined;
  /** What it was done to: a secret's name, a service's id, a person's e-mail. */
  target?: string | undefined;
  names?: readonly NamedVersion[] | undefined;
  /** `denied`: the caller may not. `failed`: it could not be done. */
  outcome: "ok" | "denied" | "failed";
  /** The error code, where the outcome is not `ok`; a remark such as `unchanged` where it is. */
  code?: string | undefined;
  /** Id of the incident under which it happened. */
  incident?: string | undefined;
  /** How many events alike it stands for, if it stands for any besides itself. */
  repeats?: number | undefined;
}

/**
 * Names in one event, so that none is long. What is of more has several events: a change, such as an import, in its
 * transaction, and what is read or refused before it is answered.
 */
export const NAMES_IN_EVENT = 200;

const MAX_USER_AGENT_LENGTH = 256;
const MAX_TARGET_LENGTH = 320;
const MAX_ENVIRONMENT_LENGTH = 100;
/** A service token. It is also a legal secret name, so it may come in as one. */
const TOKEN = /cfr_[0-9A-Za-z]{49}/g;
const UNPRINTABLE = /[^\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd]/g;

/** Writes a happening down: bounded, and without control characters and tokens. */
export function eventRow(happening: Happening, at: Date): EventRow {
  const { caller } = happening;
  const origin: Origin = caller.origin;
  return {
    at,
    actorKind: caller.kind,
    actorId: caller.kind === "user" || caller.kind === "service" ? caller.id : "",
    actorName: actorName(caller).toWellFormed(),
    action: happening.action,
    environment: printable(happening.environment ?? "", MAX_ENVIRONMENT_LENGTH),
    target: printable(happening.target ?? "", MAX_TARGET_LENGTH),
    names: JSON.stringify(happening.names ?? []).replace(TOKEN, "cfr_…"),
    outcome: happening.outcome,
    code: happening.code ?? "",
    address: origin.address,
    userAgent: printable(origin.userAgent, MAX_USER_AGENT_LENGTH),
    requestId: origin.requestId,
    tokenId: caller.kind === "service" ? caller.tokenId : null,
    incident: happening.incident ?? null,
    repeats: happening.repeats ?? null,
  };
}

/** How a caller is called on the record and beside what they made: an e-mail, or a service's name. */
export function actorName(caller: Caller): string {
  if (caller.kind === "user") return caller.email;
  if (caller.kind === "service") return caller.name;
  return caller.kind;
}

function printable(text: string, maxLength: number): string {
  return text.replace(TOKEN, "cfr_…").slice(0, maxLength).replace(UNPRINTABLE, "?");
}
