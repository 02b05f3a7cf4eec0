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
