/**
 * The bytes that `text` encodes in base64url without padding, or null unless `text` is the one canonical
 * spelling of them (FORMAT.md, "Encodings"). Node's decoder accepts blanks, padding, `+`, `/` and stray bits;
 * encoding again and comparing refuses them all.
 */
export function decodeBase64url(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : null;
}
