import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { hashLinkSecret, hashToken, isToken, newLinkSecret, newToken } from "./token";

it("every new token is one, is 53 characters long, and is never seen again", () => {
  const tokens = Array.from({ length: 2_000 }, newToken);
  expect(tokens.every(({ token }) => token.length === 53 && isToken(token))).toBe(true);
  expect(new Set(tokens.map(({ token }) => token)).size).toBe(tokens.length);
});

it("what is stored is the SHA-256 of the whole token", () => {
  const { token, hash } = newToken();
  expect(hash).toBe(createHash("sha256").update(token).digest("hex"));
  expect(hashToken(token)).toBe(hash);
});

it("the hint is the first 8 characters, which leaves 232 bits to guess", () => {
  const { token, hint } = newToken();
  expect(hint).toBe(token.slice(0, 8));
});

it("a token with one character mistyped, or two neighbours swapped, is recognised as none", () => {
  const { token } = newToken();
  const character = fc.constantFrom(...Array.from("0Aaz9Z_-"));
  fc.assert(
    fc.property(fc.nat(token.length - 2), character, (at, typed) => {
      const mistyped = token.slice(0, at) + typed + token.slice(at + 1);
      const swapped =
        token.slice(0, at) + token.charAt(at + 1) + token.charAt(at) + token.slice(at + 2);
      for (const other of [mistyped, swapped]) expect(isToken(other)).toBe(other === token);
    }),
  );
});

it("no text makes the check throw", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !isToken(`cfr_${text}`)));
});

it("a link's secret has 256 bits, and only its SHA-256 is stored", () => {
  const { secret, hash } = newLinkSecret();
  expect(Buffer.from(secret, "base64url")).toHaveLength(32);
  expect(hash).toBe(createHash("sha256").update(secret).digest("hex"));
  expect(hashLinkSecret(secret)).toBe(hash);
  expect(newLinkSecret().secret).not.toBe(secret);
});
