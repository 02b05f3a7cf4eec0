import { WORDS } from "./words";

/** Fills bytes with random ones: `crypto.getRandomValues` in the browser. */
export type FillRandom = (bytes: Uint8Array<ArrayBuffer>) => unknown;

/** What can be generated. */
export type Kind =
  | "letters"
  | "clear"
  | "symbols"
  | "digits"
  | "own"
  | "words"
  | "hex"
  | "base64"
  | "base64url"
  | "uuid";

/** What a kind's length counts; null where it has one of its own. */
export type Unit = "characters" | "words" | "bytes";

export interface Recipe {
  kind: Kind;
  /** In the kind's unit. */
  length: number;
  /** For `own`: the characters to take from. */
  own: string;
}

/** A length that can be chosen: from, to, and what stands there at first. */
export const LENGTHS: Readonly<Record<Unit, { least: number; most: number; first: number }>> = {
  characters: { least: 4, most: 4_096, first: 32 },
  words: { least: 3, most: 64, first: 8 },
  bytes: { least: 4, most: 4_096, first: 32 },
};

/** Different characters that can be taken from: far fewer than there are numbers to draw. */
const MOST_OWN = 1_024;

const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER = UPPER.toLowerCase();
const DIGITS = "0123456789";
/** Those that neither a shell nor a connection string nor a config file needs quoted or escaped, most of the time. */
const SYMBOLS = "!*+,-.:=?@^_~";

const ALPHABETS = {
  letters: UPPER + LOWER + DIGITS,
  clear: (UPPER + LOWER + DIGITS).replaceAll(/[01IOlo]/g, ""),
  symbols: UPPER + LOWER + DIGITS + SYMBOLS,
  digits: DIGITS,
};

/** What the length of a kind counts. */
export function unitOf(kind: Kind): Unit | null {
  switch (kind) {
    case "uuid":
      return null;
    case "words":
      return "words";
    case "hex":
    case "base64":
    case "base64url":
      return "bytes";
    default:
      return "characters";
  }
}

/** Why nothing can be generated so, for people; nothing where it can. */
export function troubleOf({ kind, length, own }: Recipe): string | undefined {
  const unit = unitOf(kind);
  if (unit !== null) {
    const { least, most } = LENGTHS[unit];
    if (!(Number.isInteger(length) && length >= least && length <= most))
      return `Choose from ${String(least)} to ${most.toLocaleString("en-US")} ${unit}.`;
  }
  if (kind !== "own") return undefined;
  // Surrogates that stand alone have no UTF-8, and control characters can't be seen.
  if (/[\p{Cc}\p{Cs}]/u.test(own)) return "Characters that can't be seen are not taken.";
  const { length: different } = charactersOf({ kind, length, own });
  if (different < 2) return "Type the characters to take from, at least two.";
  return different > MOST_OWN
    ? `Type at most ${MOST_OWN.toLocaleString("en-US")} different characters.`
    : undefined;
}

/**
 * How many bits of chance are in what is generated so: it is one of 2 to the power of so many, each as likely as
 * any other.
 */
export function bitsOf(recipe: Recipe): number {
  switch (unitOf(recipe.kind)) {
    case null:
      return 122; // RFC 9562, 5.4: six of the 128 say that it is a random one
    case "bytes":
      return recipe.length * 8;
    case "words":
      return recipe.length * Math.log2(WORDS.length);
    case "characters":
      return recipe.length * Math.log2(charactersOf(recipe).length);
  }
}

/** A new random text. For a recipe without trouble. */
export function generate(recipe: Recipe, fill: FillRandom): string {
  const { kind, length } = recipe;
  switch (kind) {
    case "uuid":
      return uuid(fill);
    case "words":
      return pick(WORDS, length, fill).join("-");
    case "hex":
      return hex(bytes(length, fill));
    case "base64":
      return base64(bytes(length, fill));
    case "base64url":
      return base64(bytes(length, fill))
        .replace(/=+$/, "")
        .replaceAll("+", "-")
        .replaceAll("/", "_");
    default:
      return pick(charactersOf(recipe), length, fill).join("");
  }
}

/** The characters that a recipe takes from, each once. */
function charactersOf({ kind, own }: Recipe): string[] {
  const alphabet = kind in ALPHABETS ? ALPHABETS[kind as keyof typeof ALPHABETS] : own;
  return Array.from(new Set(alphabet));
}

/** Random numbers drawn at once. */
const AT_ONCE = 256;
const NUMBERS = 65_536;

/**
 * Takes `count` of `from`, each as likely as any other. The remainder of a division alone would favour the first
 * ones: numbers that would make up the last, incomplete round are thrown away and drawn again.
 */
function pick(from: readonly string[], count: number, fill: FillRandom): string[] {
  const picked: string[] = [];
  const below = NUMBERS - (NUMBERS % from.length);
  const numbers = new Uint16Array(AT_ONCE);
  while (picked.length < count) {
    fill(new Uint8Array(numbers.buffer));
    for (const number of numbers) {
      const one = from[number % from.length];
      if (number < below && one !== undefined && picked.length < count) picked.push(one);
    }
  }
  return picked;
}

function bytes(length: number, fill: FillRandom): Uint8Array {
  const random = new Uint8Array(length);
  fill(random);
  return random;
}

function hex(some: Uint8Array): string {
  return Array.from(some, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function base64(some: Uint8Array): string {
  return btoa(String.fromCharCode(...some));
}

/** RFC 9562, version 4. `crypto.randomUUID` is there on https and localhost only. */
function uuid(fill: FillRandom): string {
  const random = bytes(16, fill);
  random[6] = ((random[6] ?? 0) & 0x0f) | 0x40;
  random[8] = ((random[8] ?? 0) & 0x3f) | 0x80;
  return hex(random).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
