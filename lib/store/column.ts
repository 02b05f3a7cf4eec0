let last = { ms: NaN, text: "" };

/** A time as Prisma's adapter writes it, so that those of both compare as text. */
export function timeText(time: Date): string {
  const ms = time.getTime(); // under load many have the same
  if (ms !== last.ms) last = { ms, text: time.toISOString().replace("Z", "+00:00") };
  return last.text;
}

/**
 * A time from the text that is stored. What is no time becomes one that no row is made with: nothing fails
 * over it, and a row that it decides of is not as Coffer wrote it.
 */
export function timeOf(stored: unknown): Date {
  if (stored instanceof Date) return stored; // Prisma has made one of it
  const time = new Date(typeof stored === "string" || typeof stored === "number" ? stored : NaN);
  return Number.isNaN(time.getTime()) ? new Date(0) : time;
}

/** The same, where there may be none. */
export function timeOrNull(stored: unknown): Date | null {
  return stored === null ? null : timeOf(stored);
}
