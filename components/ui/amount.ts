const NUMBER = new Intl.NumberFormat("en-US");

/** A number with separators: 10,000. */
export function count(amount: number): string {
  return NUMBER.format(amount);
}

/** A number with its noun: "1 service", "3 services". */
export function many(amount: number, noun: string): string {
  return `${count(amount)} ${noun}${amount === 1 ? "" : "s"}`;
}

/** A size: "1 byte", "2,048 bytes". */
export function bytes(amount: number): string {
  return many(amount, "byte");
}

const UNITS = ["KiB", "MiB", "GiB", "TiB"];

/** A large size, in short: "812 bytes", "2.4 MiB". */
export function size(amount: number): string {
  if (amount < 1_024) return bytes(amount);
  const power = Math.min(Math.floor(Math.log2(amount) / 10), UNITS.length);
  return `${(amount / 1_024 ** power).toFixed(1)} ${UNITS[power - 1] ?? ""}`;
}
