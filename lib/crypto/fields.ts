/** Largest integer of any field, key id or version: what a signed 32-bit database column holds. */
export const MAX_INTEGER = 2 ** 31 - 1;

const LONE_SURROGATE = /\p{Cs}/u;

/**
 * Encodes a list of fields so that no two lists encode alike (FORMAT.md, "Fields"): each is its UTF-8 after
 * its length in four bytes; integers are decimal text. The first field is the purpose, which no other use has.
 * @throws TypeError for a field that is empty, not well-formed Unicode, or not an integer from 0 to 2^31-1:
 *   a mistake of the calling code, never a matter of stored data.
 */
export function encodeFields(fields: readonly (string | number)[]): Buffer {
  const texts = fields.map(fieldText);
  const encoded = Buffer.allocUnsafe(
    texts.reduce((total, text) => total + 4 + Buffer.byteLength(text), 0),
  );
  let at = 0;
  for (const text of texts) {
    const length = encoded.write(text, at + 4);
    at = encoded.writeUInt32BE(length, at) + length;
  }
  return encoded;
}

/** Whether `text` has a UTF-8 form of its own: a lone surrogate has none, and would become U+FFFD. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

function fieldText(field: string | number): string {
  if (typeof field === "number") {
    if (Number.isInteger(field) && field >= 0 && field <= MAX_INTEGER) return field.toFixed(0);
    throw new TypeError("An integer field must be from 0 to 2^31-1.");
  }
  if (field !== "" && isWellFormed(field)) return field;
  throw new TypeError("A text field must be well-formed Unicode and not empty.");
}
