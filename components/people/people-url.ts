/** The list of people. */
export const PEOPLE = "/people";

/** Somebody's page. */
export function personUrl(id: string): string {
  return `${PEOPLE}/${encodeURIComponent(id)}`;
}
