import type { SecretInfo } from "./shapes";

/** The ways in which a secret asks for attention. */
export const ATTENTIONS = ["lost", "expired", "overdue", "expiring", "due", "unread"] as const;
export type Attention = (typeof ATTENTIONS)[number];
/** Those that are a matter of a secret's dates. */
export type DatedAttention = Exclude<Attention, "unread" | "lost">;

/** What ends or is due within so many days is soon. */
export const SOON_DAYS = 7;
/** A secret that was not read for so many days may be one that nobody needs. */
export const UNREAD_DAYS = 90;

const DAY_MS = 24 * 60 * 60 * 1000;

/** The times that "soon" and "unread" are measured with, seen from `now`. */
export function attentionTimes(now: Date): { soon: Date; unreadSince: Date } {
  return {
    soon: new Date(now.getTime() + SOON_DAYS * DAY_MS),
    unreadSince: new Date(now.getTime() - UNREAD_DAYS * DAY_MS),
  };
}

/**
 * How a secret asks for attention at `now` (milliseconds since 1970) by its dates, the most urgent first. As the
 * list's filters have it: an instant that is reached is past. One in the trash asks for none.
 */
export function attentionOf(
  secret: Pick<SecretInfo, "expiresAt" | "rotateDueAt" | "state">,
  now: number,
): DatedAttention[] {
  if (secret.state === "trashed") return [];
  const expiry = nearness(secret.expiresAt, now);
  const rotation = nearness(secret.rotateDueAt, now);
  const asking = {
    expired: expiry === "past",
    overdue: rotation === "past",
    expiring: expiry === "soon",
    due: rotation === "soon",
  };
  return (["expired", "overdue", "expiring", "due"] as const).filter((each) => asking[each]);
}

function nearness(at: string | null, now: number): "past" | "soon" | "later" {
  if (at === null) return "later";
  const away = Date.parse(at) - now;
  if (away <= 0) return "past";
  return away <= SOON_DAYS * DAY_MS ? "soon" : "later";
}
