const DAY_MS = 24 * 60 * 60 * 1000;

export type ExpiryChoice = "30" | "90" | "365" | "date" | "never";

export const EXPIRY_CHOICES: readonly { value: ExpiryChoice; label: string }[] = [
  { value: "30", label: "in 30 days" },
  { value: "90", label: "in 90 days" },
  { value: "365", label: "in a year" },
  { value: "date", label: "on a date" },
  { value: "never", label: "never" },
];

/** When a token ends, as the API takes it: null for never, and undefined if no date was given yet. */
export function expiryOf(choice: ExpiryChoice, date: string, now: Date): string | null | undefined {
  if (choice === "never") return null;
  if (choice !== "date") return new Date(now.getTime() + Number(choice) * DAY_MS).toISOString();
  // Until the end of that day, where the reader is.
  const end = new Date(`${date}T23:59:59`);
  return Number.isNaN(end.getTime()) ? undefined : end.toISOString();
}

/** Tomorrow where the reader is, as a date field takes it: the first day that can be chosen. */
export function tomorrow(now: Date): string {
  const day = new Date(now.getTime() + DAY_MS);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${String(day.getFullYear())}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
