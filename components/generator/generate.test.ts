import { expect, test } from "vitest";
import { mulberry32 } from "../../tests/support/seeded-random";
import {
  bitsOf,
  generate,
  LENGTHS,
  troubleOf,
  unitOf,
  type FillRandom,
  type Kind,
  type Recipe,
} from "./generate";
import { WORDS } from "./words";

const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LETTERS = `${UPPER}${UPPER.toLowerCase()}0123456789`;
const NUMBERS = 65_536;

const recipe = (kind: Kind, length: number, own = ""): Recipe => ({ kind, length, own });

/** 70,000 different ones. */
function allCharacters(): string {
  return Array.from({ length: 70_000 }, (_, at) => String.fromCodePoint(0x1_0000 + at)).join("");
}

/** The same random bytes for the same seed. */
function seeded(seed: number): FillRandom {
  const next = mulberry32(seed);
  return (bytes) => {
    for (const at of bytes.keys()) bytes[at] = Math.floor(next() * 256);
  };
}

/** Gives out these 16-bit numbers, one after another, and fails when more are asked for. */
function numbered(numbers: readonly number[]): FillRandom {
  let next = 0;
  return (bytes) => {
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < bytes.length; at += 2) {
      const number = numbers[next++];
      if (number === undefined) throw new Error("more random numbers were asked for");
      view.setUint16(at, number, isLittleEndian);
    }
  };
}
const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

const upwards = Array.from({ length: NUMBERS }, (_, number) => number);

test.each([
  ["letters", 62, LETTERS],
  ["clear", 56, LETTERS.replaceAll(/[01IOlo]/g, "")],
  ["symbols", 75, `${LETTERS}!*+,-.:=?@^_~`],
  ["digits", 10, "0123456789"],
  ["own", 3, "aß😀"],
] as const)(
  "%s: exactly as long as asked for, of its %i characters alone, each as likely as any other",
  (kind, size, alphabet) => {
    const characters = Array.from(alphabet);
    expect(characters).toHaveLength(size);
    for (const length of [4, 33, 4_096]) {
      const made = Array.from(generate(recipe(kind, length, "aß😀aßa"), seeded(length)));
      expect(made).toHaveLength(length);
      expect(made.filter((character) => !characters.includes(character))).toEqual([]);
    }
    // Of every number there is, each once, as many lead to each character, and the rest to none.
    const each = Math.floor(NUMBERS / size);
    const all = Array.from(generate(recipe(kind, each * size, "aß😀"), numbered(upwards)));
    const counts = characters.map((one) => all.filter((character) => character === one).length);
    expect(counts).toEqual(characters.map(() => each));
  },
);

test("a number that would favour some characters is drawn again", () => {
  const most = NUMBERS - (NUMBERS % 10);
  const numbers = Array.from({ length: 256 }, (_, at) => (at < 250 ? most + (at % 6) : at % 10));
  expect(generate(recipe("digits", 6), numbered(numbers))).toBe("012345");
});

test("a passphrase has as many words of the list, each as likely as any other", () => {
  const each = Math.floor(NUMBERS / WORDS.length);
  const all = generate(recipe("words", each * WORDS.length), numbered(upwards)).split("-");
  const counts = new Map<string, number>();
  for (const word of all) counts.set(word, (counts.get(word) ?? 0) + 1);
  expect([...counts.keys()].sort()).toEqual([...WORDS].sort());
  expect(new Set(counts.values())).toEqual(new Set([each]));
  expect(generate(recipe("words", 8), seeded(1)).split("-")).toHaveLength(8);
});

test("the words are many, distinct, short and plain, and typed apart by four letters", () => {
  expect(WORDS.length).toBeGreaterThanOrEqual(1_024);
  expect(new Set(WORDS).size).toBe(WORDS.length);
  expect(WORDS.filter((word) => !/^[a-z]{3,8}$/.test(word))).toEqual([]);
  expect(new Set(WORDS.map((word) => word.slice(0, 4))).size).toBe(WORDS.length);
});

test.each([4, 15, 16, 17, 32, 4_096])("hex and base64 hold all of %i random bytes", (length) => {
  const bytes = new Uint8Array(length);
  seeded(length)(bytes);
  const made = (kind: Kind) => generate(recipe(kind, length), seeded(length));
  expect(made("hex")).toBe(Buffer.from(bytes).toString("hex"));
  expect(made("base64")).toBe(Buffer.from(bytes).toString("base64"));
  expect(made("base64url")).toBe(Buffer.from(bytes).toString("base64url"));
});

test("a UUID is one of version 4, and its other 122 bits are random", () => {
  const filled = (byte: number) => generate(recipe("uuid", 0), (bytes) => bytes.fill(byte));
  expect(filled(0x00)).toBe("00000000-0000-4000-8000-000000000000");
  expect(filled(0xff)).toBe("ffffffff-ffff-4fff-bfff-ffffffffffff");
});

test.each<[Kind, number, string, number]>([
  ["letters", 32, "", 190.535],
  ["clear", 32, "", 185.835],
  ["symbols", 32, "", 199.323],
  ["digits", 6, "", 19.932],
  ["own", 16, "aabbccdd", 32],
  ["words", 8, "", 87.207],
  ["hex", 16, "", 128],
  ["base64", 32, "", 256],
  ["base64url", 32, "", 256],
  ["uuid", 0, "", 122],
])("%s of length %i (%j) says that it has %f bits", (kind, length, own, bits) => {
  expect(bitsOf(recipe(kind, length, own))).toBeCloseTo(bits, 2);
});

test.each<[string, Recipe]>([
  ["no length", recipe("letters", NaN)],
  ["a length of nothing", recipe("letters", 0)],
  ["half a character", recipe("letters", 8.5)],
  ["too few characters", recipe("letters", LENGTHS.characters.least - 1)],
  ["too many characters", recipe("symbols", LENGTHS.characters.most + 1)],
  ["too many words", recipe("words", LENGTHS.words.most + 1)],
  ["too many bytes", recipe("base64", LENGTHS.bytes.most + 1)],
  ["no characters to take from", recipe("own", 8, "")],
  ["one character to take from", recipe("own", 8, "aaaa")],
  ["a line break to take from", recipe("own", 8, "ab\n")],
  ["more characters than there are numbers to draw", recipe("own", 8, allCharacters())],
  ["half a character to take from", recipe("own", 8, "ab\ud83d")],
])("%s is refused in words", (_, bad) => {
  expect(troubleOf(bad)).toMatch(/\.$/);
});

test("what the sheet begins with can be generated, of every kind", () => {
  const kinds = [
    "letters",
    "clear",
    "symbols",
    "digits",
    "words",
    "hex",
    "base64",
    "base64url",
    "uuid",
  ] as const;
  for (const kind of kinds) {
    const unit = unitOf(kind);
    const first = recipe(kind, unit === null ? 0 : LENGTHS[unit].first);
    expect(troubleOf(first)).toBeUndefined();
    const fill = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes);
    expect(generate(first, fill)).not.toBe(generate(first, fill));
  }
});
