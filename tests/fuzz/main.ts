import { isCofferError } from "../../lib/errors";
import { changesOf, findInDocument } from "../../lib/reference/documents/find";
import { formatOf, MEDIA_TYPES } from "../../lib/reference/documents/formats";
import { rewrite } from "../../lib/reference/documents/rewrite";
import { findReferences, splice } from "../../lib/reference/expand";
import { nearMisses } from "../../lib/reference/near-miss";
import { parse } from "../../lib/reference/parse";
import type { Reference } from "../../lib/reference/segments";
import { Random } from "./random";

/*
 * `npm run fuzz -- [inputs] [seed]`: texts put together from pieces of references and of the formats, as many as
 * are asked for. Nothing may throw but a refusal, take long, or scan a value for references. Prints its seed.
 */
const inputs = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const LONGEST_MS = 2_000;

const REFERENCES = [
  ...[
    "$SECRET/",
    "$SECRET/A",
    "$",
    "SECRET/",
    "{{",
    "<<",
    "}}",
    ">>",
    "{",
    "}",
    "Secrets.",
    "sEcReTs.",
  ],
  ...[
    " ",
    "\t",
    "A",
    "my_key",
    "9",
    ".",
    ".client-id",
    "@",
    "@3",
    "@0",
    ":-",
    ":-x y",
    "-",
    "/",
    "\n",
  ],
  ...[
    "$ENV/",
    "$eNv://",
    "$secret://",
    "vault/1/a/b",
    "..",
    "é",
    "😀",
    "\ud83d",
    "\ude00",
    "\u0000",
    "\\",
  ],
  ...["{{Secrets.A}}", "<< secrets.a.b@3:-d >>", "{{Secrets.A:-}}", "${{ secrets.A }}", "\\\\"],
];
const FORMATS = [
  ...[
    '"',
    "'",
    "`",
    '"""',
    "'''",
    ": ",
    ":",
    " = ",
    "=",
    "- ",
    "# ",
    "#",
    "\n",
    "\n",
    "\n  ",
    "\n    ",
  ],
  ...[
    "|\n  ",
    ">-\n  ",
    "[",
    "]",
    ",",
    "{ ",
    "}",
    "&a ",
    "*a",
    "!t ",
    "---\n",
    "key",
    "a.b",
    "\r\n",
    "\\n",
  ],
  ...[
    "\\u0041",
    "export ",
    "[[t]]\n",
    "[t]\n",
    "true",
    "1e3",
    "2001-01-01",
    "\ufeff",
    "%YAML 1.2\n",
    "?",
  ],
];
/** Lines of each format, with room for a text, so that many documents are sound. */
const LINES: Readonly<Record<string, readonly string[]>> = {
  "application/yaml": ["a: {}\n", "b: '{}'\n", 'c: "{}"\n', "d: |-\n  {}\n", "e: >\n  {}\n\n"],
  "application/toml": ['a = "{}"\n', "b = '{}'\n", 'c = """{}"""\n', "d = '''{}'''\n", "# {}\n"],
  "text/x-dotenv": ["A={}\n", "B='{}'\n", 'C="{}"\n', "export D=`{}`\n", "# {}\n"],
  "text/x-java-properties": ["a={}\n", "b : {}\n", "c {}\n", "! {}\n", "d=\\\n  {}\n"],
  "text/plain": ["{}"],
};
const VALUES = [
  "",
  "v",
  "007",
  "true",
  "a: b",
  "$SECRET/B",
  "{{Secrets.B}}",
  "'\"`\n#",
  "\u0000",
  "\ud83d",
  "$&",
];

const ALL_PIECES = [...REFERENCES, ...FORMATS, ...FORMATS];

const random = new Random(seed);
const counts: Record<string, number> = {};
let slowestMs = 0;

console.log(`${inputs.toLocaleString("en")} inputs, seed ${String(seed)}`);
const started = performance.now();
for (let n = 0; n < inputs; n++) {
  const from = performance.now();
  const kind = n % 10 === 0 ? "document" : n % 2 === 0 ? "json" : "text";
  const outcome = kind === "text" ? fuzzText() : kind === "json" ? fuzzJson() : fuzzDocument();
  counts[`${kind}: ${outcome}`] = (counts[`${kind}: ${outcome}`] ?? 0) + 1;
  const took = performance.now() - from;
  slowestMs = Math.max(slowestMs, took);
  if (took > LONGEST_MS) throw new Error(`Input ${String(n)} took ${took.toFixed(0)} ms.`);
  if (n % 1_000_000 === 999_999) console.log(`  ${(n + 1).toLocaleString("en")}`);
}
console.table(counts);
const seconds = (performance.now() - started) / 1000;
console.log(`${seconds.toFixed(0)} s, the slowest input ${slowestMs.toFixed(0)} ms.`);

/** The pieces of a text, put together, are the text. */
function fuzzText(): string {
  const text = random.text(REFERENCES, 20);
  nearMisses(text);
  const segments = parse(text);
  if (segments === null) return "nothing";
  require(segments.map(({ raw }) => raw).join("") === text, text);
  return segments.some(({ kind }) => kind === "malformed") ? "malformed" : "references";
}

/** What comes out is JSON, and a value that looks like a reference is in it as it is. */
function fuzzJson(): string {
  const json = JSON.stringify({
    [random.text(REFERENCES, 3)]: random.text(REFERENCES, 8),
    b: [random.text(REFERENCES, 6), 1],
  });
  const found = findReferences(json);
  if (found.mistakes.length > 0) return "malformed";
  const values = new Map<Reference, string>();
  const output = splice(found, (reference) => {
    require(!values.has(reference), json);
    values.set(reference, random.pick(VALUES));
    return values.get(reference) ?? "";
  });
  JSON.parse(output);
  return found.uses.length > 0 ? "references" : "nothing";
}

/** A document is refused, or comes out as one that says what it should: rewrite reads it again. */
function fuzzDocument(): string {
  const mediaType = random.pick(MEDIA_TYPES.slice(1));
  const format = formatOf(mediaType);
  if (!format) throw new Error(mediaType);
  const text = random.below(2) === 0 ? random.text(ALL_PIECES, 30) : sound(mediaType);
  try {
    const reading = format.read(text);
    const found = findInDocument(format, text, reading);
    if (found.mistakes.length > 0) return `${mediaType} malformed`;
    const changes = changesOf(found, () => random.pick(VALUES));
    if (changes.size === 0) return `${mediaType} nothing`;
    const written = rewrite(format, text, reading, changes);
    return `${mediaType} ${"text" in written ? "expanded" : "unencodable"}`;
  } catch (error) {
    if (isCofferError(error) && error.code !== "internal") return `${mediaType} ${error.code}`;
    console.error(JSON.stringify({ mediaType, text }));
    throw error;
  }
}

/** A few lines of the format, each key once, with texts of references in them. */
function sound(mediaType: string): string {
  let text = "";
  for (const line of LINES[mediaType] ?? []) {
    if (random.below(3) === 0) continue;
    text += line.replace("{}", () => random.text(REFERENCES, 4));
  }
  return text;
}

function require(isSo: boolean, text: string): void {
  if (!isSo) throw new Error(`This input breaks the rule: ${JSON.stringify(text)}`);
}
