/** What is stored in place of a value whose data key is lost (FORMAT.md, "Lost"). It does not open. */
export const LOST = "lost";

const HEAD = /^cfv1\.([1-9][0-9]{0,9})\./;

/** Id of the data key that a stored value says it is sealed under, from the beginning of its text; else null. */
export function keyIdOf(sealed: string): number | null {
  const [, keyId] = HEAD.exec(sealed) ?? [];
  return keyId === undefined ? null : Number(keyId);
}
