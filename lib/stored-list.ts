/**
 * A list as the database has it, to be shown and not to be decided by. Empty where something other than Coffer has
 * written what is no list: whoever looks at the others is not to be kept from it by that one.
 */
export function storedList<T>(read: () => T[]): T[] {
  try {
    const list: unknown = read();
    return Array.isArray(list) ? (list as T[]) : [];
  } catch {
    return [];
  }
}
