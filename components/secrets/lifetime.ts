import type { SecretInfo } from "../../lib/shapes";

/** A secret's dates as their fields have them: empty for none. */
export interface Lifetime {
  /** Days. */
  rotateEvery: string;
  /** Date and time where the reader is, as a `datetime-local` field gives it. */
  expires: string;
}

const LONGEST_DAYS = 3_650;

/** What a secret's fields begin with; empty ones for a new secret. */
export function lifetimeOf(secret?: SecretInfo): Lifetime {
  return {
    rotateEvery: secret?.rotateEveryDays?.toString() ?? "",
    expires: secret?.expiresAt ? localTime(secret.expiresAt) : "",
  };
}

/** A time as a `datetime-local` field takes it, to the minute. */
export function localTime(at: string): string {
  const date = new Date(at);
  const two = (part: number) => String(part).padStart(2, "0");
  const day = `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** What is wrong with the days between rotations; nothing when it is fine. */
export function periodTrouble(text: string): string | undefined {
  const typed = text.trim();
  if (typed === "") return undefined;
  const days = /^\d+$/.test(typed) ? Number(typed) : 0;
  if (days >= 1 && days <= LONGEST_DAYS) return undefined;
  return "Give whole days from 1 to 3,650, such as 90. Leave it empty for no reminder.";
}

/** What is said of an expiry that has come already. */
export const EXPIRY_PAST =
  "That time is past: every config that refers to it would fail at once. Choose a later one, or clear it for none.";

/** What is wrong with the expiry; nothing when it is fine, or the one that the secret has already. */
export function expiryTrouble(text: string, now: Date, before: Lifetime): string | undefined {
  if (text === "" || text === before.expires) return undefined;
  const at = new Date(text);
  if (Number.isNaN(at.getTime()) || at.getUTCFullYear() > 9_999) {
    return "That is no date that can be kept. Choose one before the year 10000, or clear it for none.";
  }
  return at > now ? undefined : EXPIRY_PAST;
}

/** What has changed, as the API takes it: a time that was not touched keeps its seconds. */
export function lifetimeChanges(
  { rotateEvery, expires }: Lifetime,
  before: Lifetime,
): { rotateEveryDays?: number | null; expiresAt?: string | null } {
  const days = rotateEvery.trim();
  return {
    ...(days !== before.rotateEvery && { rotateEveryDays: days === "" ? null : Number(days) }),
    ...(expires !== before.expires && {
      expiresAt: expires === "" ? null : new Date(expires).toISOString(),
    }),
  };
}
