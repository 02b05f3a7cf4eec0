/** A text as it may be looked for: no row has one with a NUL, and PostgreSQL takes no question with one. */
export function sought(text: string): string {
  return text.includes("\0") ? "" : text;
}
