import fc from "fast-check";
import { expect, it } from "vitest";
import { formatSealed, parseSealed, sealedLength, unreadable } from "./envelope";

const place = { environmentId: "env", nameKey: "api_key", secretId: "sec", version: 3 };

const sealedParts = fc.record({
  keyId: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  nonce: fc.uint8Array({ minLength: 12, maxLength: 12 }),
  body: fc.uint8Array({ minLength: 16, maxLength: 100 }),
});

function format({ keyId, nonce, body }: { keyId: number; nonce: Uint8Array; body: Uint8Array }) {
  return formatSealed({ keyId, box: { nonce: Buffer.from(nonce), body: Buffer.from(body) } });
}

it("what is formatted parses to the same parts, and its length is known without opening", () => {
  fc.assert(
    fc.property(sealedParts, (parts) => {
      const text = format(parts);
      const parsed = parseSealed(text);
      if (typeof parsed === "string") throw new Error(parsed);
      expect(parsed.keyId).toBe(parts.keyId);
      expect(parsed.box.nonce.equals(parts.nonce)).toBe(true);
      expect(parsed.box.body.equals(parts.body)).toBe(true);
      expect(sealedLength(text)).toBe(parts.body.length - 16);
    }),
  );
});

it("a sealed thing has one spelling: any other text that parses means something else", () => {
  const character = fc.constantFrom(...Array.from("AQZaz019-_+/=. \n\0é"));
  fc.assert(
    fc.property(sealedParts, fc.nat(), character, fc.boolean(), (parts, seed, insert, replace) => {
      const text = format(parts);
      const at = seed % text.length;
      const changed = text.slice(0, at) + insert + text.slice(replace ? at + 1 : at);
      const parsed = parseSealed(changed);
      if (typeof parsed !== "string") expect(formatSealed(parsed)).toBe(changed);
    }),
    { numRuns: 5_000 },
  );
});

it("any text at all parses or is refused, and has a length, without an exception", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.boolean(), (text, prefixed) => {
      const sealed = prefixed ? `cfv1.${text}` : text;
      parseSealed(sealed);
      expect(sealedLength(sealed)).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 2_000 },
  );
});

it("the error for a value that does not open names secret, version and key id", () => {
  const error = unreadable(place, "not_authentic", 2);
  expect(error.code).toBe("unreadable");
  expect(error.message).toContain('"api_key" (version 3, data key 2)');
  expect(error.details).toEqual({
    name: "api_key",
    version: 3,
    keyId: 2,
    reason: "not_authentic",
  });
});

it("a key id that could not be read is left out of the error", () => {
  const error = unreadable(place, "malformed");
  expect(error.message).toContain('"api_key" (version 3)');
  expect(error.details).toEqual({ name: "api_key", version: 3, reason: "malformed" });
});
