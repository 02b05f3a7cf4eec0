import { describe, expect, it } from "vitest";
import { createKeyring } from "./keyring";
import {
  base32,
  matchingStep,
  newRecoveryCodes,
  newTotpSecret,
  SecondFactorKeys,
  totpCode,
  totpStepOf,
  totpUri,
} from "./second-factor";

const RFC_SECRET = Buffer.from("12345678901234567890");

describe("codes", () => {
  // RFC 6238, appendix B, SHA-1; of its eight digits the last six.
  it.each([
    ["1970-01-01T00:00:59Z", "287082"],
    ["2005-03-18T01:58:29Z", "081804"],
    ["2005-03-18T01:58:31Z", "050471"],
    ["2009-02-13T23:31:30Z", "005924"],
    ["2033-05-18T03:33:20Z", "279037"],
    ["2603-10-11T11:33:20Z", "353130"],
  ])("are those of RFC 6238 at %s", (time, code) => {
    expect(totpCode(RFC_SECRET, totpStepOf(new Date(time)))).toBe(code);
  });

  it("hold for their own step, the one before and the one after, and no other", () => {
    const secret = RFC_SECRET;
    const at = new Date("2026-05-04T12:00:10Z");
    const now = totpStepOf(at);
    for (const distance of [-4, -3, -2, -1, 0, 1, 2, 3, 4]) {
      const step = now + distance;
      const expected = Math.abs(distance) <= 1 ? step : null;
      expect(matchingStep(secret, totpCode(secret, step), at), String(distance)).toBe(expected);
    }
  });

  it.each(["", "12345", "1234567", "12345a", " 123456", "123456\n", "１２３４５６", "-12345"])(
    "of another shape are none: %j",
    (code) => {
      expect(matchingStep(RFC_SECRET, code, new Date())).toBeNull();
    },
  );
});

describe("the secret", () => {
  it.each([
    // RFC 4648, section 10, without the padding.
    ["f", "MY"],
    ["fo", "MZXQ"],
    ["foo", "MZXW6"],
    ["foob", "MZXW6YQ"],
    ["fooba", "MZXW6YTB"],
    ["foobar", "MZXW6YTBOI"],
    ["12345678901234567890", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"],
  ])("is shown in base32: %s", (text, expected) => {
    expect(base32(Buffer.from(text))).toBe(expected);
  });

  it("is in an address that apps read, whatever the e-mail has in it", () => {
    const uri = new URL(totpUri(RFC_SECRET, "a+b?c&d=e#f@example.com", "Coffer: home"));
    expect(uri.protocol).toBe("otpauth:");
    expect(decodeURIComponent(uri.pathname)).toContain("Coffer: home:a+b?c&d=e#f@example.com");
    expect(uri.searchParams.get("secret")).toBe("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    expect(uri.searchParams.get("issuer")).toBe("Coffer: home");
    expect(uri.hash).toBe("");
  });
});

describe("what is stored", () => {
  const keyring = createKeyring("a master key of the second factor's test").then(
    ({ keyring }) => keyring,
  );

  it("opens for its person and for nobody else, and not once it was changed", async () => {
    const keys = new SecondFactorKeys(await keyring);
    const secret = newTotpSecret();
    const sealed = keys.seal("user-1", secret);
    expect(keys.open("user-1", sealed)).toEqual(secret);
    expect(keys.open("user-2", sealed)).toBeNull();
    expect(sealed).not.toContain(secret.toString("base64url"));
    for (const wrong of ["", "cft1", "cft1..", `${sealed}.`, `x${sealed}`, sealed.slice(0, -2)]) {
      expect(keys.open("user-1", wrong), wrong).toBeNull();
    }
    const at = sealed.length - 5;
    const flipped = sealed.slice(0, at) + (sealed[at] === "A" ? "B" : "A") + sealed.slice(at + 1);
    expect(keys.open("user-1", flipped)).toBeNull();
  });

  it("of a recovery code is a hash of its person and key, however it was typed", async () => {
    const keys = new SecondFactorKeys(await keyring);
    const other = new SecondFactorKeys(
      (await createKeyring("another master key, of a test")).keyring,
    );
    const hash = keys.hashRecoveryCode("user-1", "abcd-efgh-jkmn");
    expect(keys.hashRecoveryCode("user-1", " ABCDefgh jkmn ")).toBe(hash);
    expect(keys.hashRecoveryCode("user-2", "abcd-efgh-jkmn")).not.toBe(hash);
    expect(keys.hashRecoveryCode("user-1", "abcd-efgh-jkmp")).not.toBe(hash);
    expect(other.hashRecoveryCode("user-1", "abcd-efgh-jkmn")).not.toBe(hash);
    expect(keys.hashRecoveryCode("user-1", "")).not.toBe(hash);
  });

  it("recovery codes are ten, all different, and easy to write down", () => {
    const codes = newRecoveryCodes();
    expect(new Set(codes).size).toBe(10);
    for (const code of codes)
      expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){2}$/);
  });
});
