import { expect, test } from "vitest";
import { sealTykV1, sealTykV2 } from "../../tests/support/tyk";
import { isCofferError } from "../errors";
import { readTyk } from "./tyk";
import { openV1, textOf } from "./tyk-cipher";
import { readTykDump, type TykRow } from "./tyk-dump";

const KEY = "test-secret-key-for-unit-test";
const VECTOR = "AAECAwQFBgcICQoLDA0OD0w6lXbhU7_wwftpC_hrlBVLj0eTTSA=";

const row = (varName: string, value: string, isDeleted = false): TykRow => ({
  ...{ id: varName, varName, value, isDeleted },
});

async function read(rows: TykRow[], key = KEY) {
  const { entries, notes } = await readTyk(rows, key);
  const of = new Map(entries.map(({ name, ...entry }) => [name, entry]));
  return { of, notes: notes.join(" ") };
}

test("a known ciphertext of the older kind opens, with and without its prefix", async () => {
  expect(textOf(openV1(VECTOR, KEY) ?? Buffer.of())).toBe("super-secret-value-123");
  const { of } = await read([row("A", VECTOR), row("B", `$ENC/${VECTOR}`)]);
  expect(of.get("A")?.value).toBe("super-secret-value-123");
  expect(of.get("B")?.value).toBe("super-secret-value-123");
});

test("both kinds open to what was sealed, byte for byte", async () => {
  const pem = "-----BEGIN KEY-----\nAAAA\n-----END KEY-----\n";
  const { of, notes } = await read([
    row("OLD", sealTykV1(pem, KEY)),
    row("NEW", sealTykV2(`é${pem}`, KEY)),
  ]);
  expect(of.get("OLD")).toMatchObject({ value: pem, place: "row OLD" });
  expect(of.get("NEW")?.value).toBe(`é${pem}`);
  expect(notes).toContain("prove that the key is the right one");
});

test("rows of the older kind alone are said to prove nothing about the key", async () => {
  const { notes } = await read([row("A", sealTykV1("value", KEY))]);
  expect(notes).toContain("carries no proof");
});

test.each([
  "",
  "YWJj",
  "!!!not-base64!!!",
  "v2:",
  "v2:!!!",
  "v2:YWJj",
  "$ENC/",
  "$ENC/v99/somedata",
  "$ENC/v2/2026-03/a/b",
])("%j is refused or left out, and never opens", async (stored) => {
  const { of } = await read([
    row("GOOD", sealTykV1("fine", KEY)),
    row("GOOD2", sealTykV1("fine", KEY)),
    row("A", stored),
  ]);
  const { value, problem, leftOut } = of.get("A") ?? {};
  expect(value).toBeNull();
  expect(problem ?? leftOut).toBeTruthy();
  if (stored.startsWith("$ENC/v")) expect(problem).toContain("version that Coffer can't read");
  expect(of.get("GOOD")?.value).toBe("fine");
});

test("a row that opens to no text is refused, and the rest goes on", async () => {
  const { of } = await read([
    row("A", sealTykV1("one", KEY)),
    row("B", sealTykV1(Buffer.from([0xff, 0xfe, 0x80]), KEY)),
    row("C", sealTykV1("bell\u0007", KEY)),
    row("D", sealTykV1("two", KEY)),
    row("E", sealTykV1("three", KEY)),
  ]);
  expect(Array.from(of, ([, { value }]) => value)).toEqual(["one", null, null, "two", "three"]);
  expect(of.get("B")?.problem).toContain("no text");
});

test("under a wrong key nothing is taken, also where one short row happens to be text, and the key is named", async () => {
  const rows = Array.from({ length: 8 }, (_, i) =>
    row(`A${String(i)}`, sealTykV1("a longer value of a secret", KEY)),
  );
  const { of, notes } = await read([...rows, row("SHORT", sealTykV1("x", "wrong"))], "wrong");
  for (const { value } of of.values()) expect(value).toBeNull();
  expect(of.get("SHORT")?.problem).toContain("not trusted");
  expect(notes).toContain("most likely not the TYK_AI_SECRET_KEY");
  const newer = await read([row("A", sealTykV2("v", KEY))], "wrong");
  expect(newer.of.get("A")?.value).toBeNull();
  expect(newer.notes).toContain("most likely not");
});

test("a flipped bit in a row of the newer kind is refused", async () => {
  const stored = sealTykV2("value", KEY);
  const at = stored.length - 6;
  const flipped = stored.slice(0, at) + (stored[at] === "A" ? "B" : "A") + stored.slice(at + 1);
  expect((await read([row("A", flipped)])).of.get("A")?.value).toBeNull();
});

test("deleted and empty rows are left out and say so", async () => {
  const { of } = await read([row("GONE", sealTykV1("v", KEY), true), row("OPENAI_KEY", "")]);
  expect(of.get("GONE")?.leftOut).toContain("deleted");
  expect(of.get("OPENAI_KEY")?.leftOut).toContain("empty");
});

test("a dump is read from CSV and from JSON alike", () => {
  const csv =
    'id,created_at,deleted_at,value,var_name\r\n1,now,,"v2:a""b,c",A\r\n2,now,2026-01-01,x,"B\nC"\r\n\r\n3,now,,,D';
  const json = JSON.stringify([
    { id: 1, deleted_at: null, value: 'v2:a"b,c', var_name: "A" },
    { id: 2, deleted_at: "2026-01-01", value: "x", var_name: "B\nC" },
    { id: 3, deleted_at: null, value: null, var_name: "D" },
  ]);
  expect(readTykDump(csv)).toEqual(readTykDump(json));
  expect(readTykDump(csv)).toMatchObject([
    { id: "1", varName: "A", value: 'v2:a"b,c', isDeleted: false },
    { id: "2", varName: "B\nC", isDeleted: true },
    { id: "3", value: "" },
  ]);
});

test.each([
  "",
  "a,b\n1,2",
  "[",
  "{}",
  "[1]",
  '[{"var_name":1,"value":"x"}]',
  'value,var_name\n"x,A',
  "value,var_name\nx",
])("%j is refused as no secrets table, without a word of it", (text) => {
  try {
    readTykDump(text);
    expect.unreachable();
  } catch (error) {
    expect(isCofferError(error) && error.code).toBe("invalid_document");
  }
});
