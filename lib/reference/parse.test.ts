import { describe, expect, it } from "vitest";
import { parse } from "./parse";
import type { Segment } from "./segments";

/** The only segment of a text that is one reference, or malformed, from end to end. */
function only(text: string): Segment {
  const segments = parse(text);
  expect(segments).toHaveLength(1);
  const [segment] = segments ?? [];
  if (segment === undefined) throw new Error(`no segment in ${text}`);
  return segment;
}

describe("parse", () => {
  it("answers null for a text that holds nothing for Coffer", () => {
    for (const text of [
      "",
      "plain",
      "$5",
      "a $ b",
      "{{",
      "<<",
      "{{ x }}",
      "\\",
      "\\\\$",
      "${{ secrets.A }}",
    ]) {
      expect(parse(text)).toBeNull();
    }
  });

  it("gives every part of a reference, and undefined for the parts it lacks", () => {
    expect(only("<<  sEcReTs.My_Key.client-id@42:- a b >>")).toEqual({
      kind: "secret",
      syntax: "angles",
      name: "My_Key",
      nameKey: "my_key",
      member: "client-id",
      version: 42,
      fallback: " a b ",
      raw: "<<  sEcReTs.My_Key.client-id@42:- a b >>",
      canonical: "<<Secrets.My_Key.client-id@42>>",
    });
    expect(only("$SECRET/My_Key")).toEqual({
      kind: "secret",
      syntax: "dollar",
      name: "My_Key",
      nameKey: "my_key",
      member: undefined,
      version: undefined,
      fallback: undefined,
      raw: "$SECRET/My_Key",
      canonical: "$SECRET/My_Key",
    });
  });

  it("keeps the case of environment variables and manager references in what is compared", () => {
    expect(only("$eNv://My_Var/a b/c")).toMatchObject({
      kind: "env",
      syntax: "env-uri",
      nameKey: "My_Var",
      member: "a b/c",
      canonical: "$ENV://My_Var/a b/c",
    });
    expect(only("$ENV/My_Var")).toMatchObject({ syntax: "env-path", nameKey: "My_Var" });
    expect(only("$secret://vault/Id/Key")).toMatchObject({
      kind: "manager",
      nameKey: "vault/Id/Key",
    });
  });

  it.each([
    ["$SECRET/", ""],
    ["{{Secrets.", "}}"],
    ["<<Secrets.", ">>"],
    ["$ENV/", ""],
    ["$ENV://", ""],
  ])("takes names of 128 characters and no more: %s", (open, close) => {
    expect(only(open + "a".repeat(128) + close)).toMatchObject({ name: "a".repeat(128) });
    const [tooLong] = parse(open + "a".repeat(129) + close) ?? [];
    expect(tooLong).toMatchObject({ kind: "malformed", fault: "name" });
  });

  it("takes members of 128 characters and no more", () => {
    expect(only(`{{Secrets.A.${"m".repeat(128)}}}`)).toMatchObject({ member: "m".repeat(128) });
    expect(parse(`{{Secrets.A.${"m".repeat(129)}}}`)?.[0]).toMatchObject({ fault: "member" });
    expect(parse("{{Secrets.A.}}")?.[0]).toMatchObject({ fault: "member" });
    expect(only(`$ENV://A/${"m".repeat(128)}`)).toMatchObject({ member: "m".repeat(128) });
    expect(only(`$ENV://A/${"m".repeat(129)}`)).toMatchObject({ fault: "env_member" });
  });

  it.each([
    "0",
    "00",
    "01",
    "",
    "-1",
    "1000000000",
    "99999999999999999999",
    "x",
    "1.5",
    "1e3",
    "٣",
  ])("takes no version %j", (version) => {
    expect(parse(`{{Secrets.A@${version}}}`)?.[0]).toMatchObject({ kind: "malformed" });
  });

  it("takes versions up to 999999999", () => {
    expect(only("{{Secrets.A@999999999}}")).toMatchObject({ version: 999_999_999 });
  });

  it.each(["..", ".", "", "a\\b", "a\nb", "a\u0000", "\u007f"])(
    "takes no manager reference with the part %j",
    (part) => {
      for (const path of [`${part}/1/k`, `v/${part}/k`, `v/1/${part}`, `v/1/k/${part}`]) {
        expect(only(`$secret://${path}`)).toMatchObject({ kind: "malformed", fault: "manager" });
      }
    },
  );

  it("takes manager references of 1024 characters and no more", () => {
    expect(only(`$secret://v/1/${"k".repeat(1020)}`)).toMatchObject({ kind: "manager" });
    expect(only(`$secret://v/1/${"k".repeat(1021)}`)).toMatchObject({ fault: "manager" });
  });

  it("takes only ASCII for keywords and names", () => {
    expect(parse("{{ſecretſ.A}}")).toBeNull();
    expect(parse("{{secrets\u000eA}}")).toBeNull();
    expect(parse("$ＳECRET/A")).toBeNull();
    expect(parse("$SECRET/Ａ")?.[0]).toMatchObject({ fault: "name" });
    expect(parse("{{\u00a0Secrets.A}}")).toBeNull();
    expect(parse("{{\nSecrets.A}}")).toBeNull();
  });

  it("shows no part of a default in a canonical spelling, malformed or not", () => {
    const texts = [
      "{{Secrets.A:-hunter2}}",
      "{{Secrets.A:-hunter2",
      "{{Secrets.A:-hunter2 {{Secrets.B}}",
    ];
    for (const text of texts) {
      for (const segment of parse(text) ?? []) {
        if ("canonical" in segment) expect(segment.canonical).not.toContain("hunter2");
      }
    }
  });

  it("stops at the 10,001st reference of a text, escaped ones counted", () => {
    for (const one of ["$SECRET/A ", "{{Secrets. ", "\\$SECRET/A "]) {
      expect(parse(one.repeat(10_000))).not.toBeNull();
      expect(() => parse(one.repeat(10_001))).toThrow(
        expect.objectContaining({ code: "limit_exceeded" }),
      );
    }
  });

  it("makes an odd backslash literal with all of a whole-text form", () => {
    expect(parse("\\$secret://vault/1/a/b")).toEqual([
      { kind: "escape", raw: "\\$secret://vault/1/a/b", text: "$secret://vault/1/a/b" },
    ]);
    expect(parse("\\\\$ENV/A")).toMatchObject([
      { kind: "escape", raw: "\\\\", text: "\\" },
      { kind: "env" },
    ]);
  });
});
