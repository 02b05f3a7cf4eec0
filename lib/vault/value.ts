import { CofferError } from "../errors";

/** A value has 1 byte to 64 KiB of UTF-8, and is kept byte for byte. */
export const VALUE_MAX_BYTES = 65_536;

/**
 * The bytes of a value that was sent.
 * @throws CofferError `invalid_value`
 */
export function valueBytes(value: string): Buffer {
  if (value === "") {
    throw new CofferError("invalid_value", "A value has at least one byte. Nothing was stored.");
  }
  if (!value.isWellFormed()) {
    throw new CofferError(
      "invalid_value",
      "The value has half of a surrogate pair, which UTF-8 can't express. Encode binary values, for example as base64.",
    );
  }
  const bytes = Buffer.from(value, "utf8");
  if (bytes.length > VALUE_MAX_BYTES) {
    throw new CofferError(
      "invalid_value",
      `The value has ${bytes.length.toLocaleString("en")} bytes; at most ${VALUE_MAX_BYTES.toLocaleString("en")} (64 KiB) are kept.`,
    );
  }
  return bytes;
}
