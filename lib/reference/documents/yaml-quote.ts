/** Characters that double quotes must escape: YAML's, and those that some readers take for line ends. */
const TO_ESCAPE = /["\\\u0000-\u001f\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]/g;

/** What can't stand as it is on one line of any scalar. */
const UNPRINTABLE = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/;

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\0": "\\0",
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
};

/** What stands between double quotes to say `text`. Half of a surrogate pair has no escape in YAML. */
export function escapeDouble(text: string): string {
  return text.replaceAll(TO_ESCAPE, (character) => SHORT[character] ?? hex(character));
}

function hex(character: string): string {
  const digits = character.charCodeAt(0).toString(16);
  return digits.length > 2 ? `\\u${digits.padStart(4, "0")}` : `\\x${digits.padStart(2, "0")}`;
}

/** Whether `text` is one line that single quotes and blocks can hold as it is. */
export function isPrintableLine(text: string): boolean {
  return !UNPRINTABLE.test(text);
}

/** Words that are no strings to YAML 1.1 or 1.2. */
const WORD = /^(?:null|true|false|yes|no|on|off|y|n)$/i;

/** Starts with what opens nothing in YAML, and is no number in any version of it. */
const PLAIN_START = /^[A-Za-z_/$(\\]/;

/** A line of printable characters without blanks around it. */
const PLAIN_REST =
  /^[\x21-\x7e\u00a1-\u1fff\u3001-\ud7ff]+(?: +[\x21-\x7e\u00a1-\u1fff\u3001-\ud7ff]+)*$/;

/**
 * Y4: whether every reader takes the bare `text` for this string. Narrower than the specification: what it is
 * not sure of is quoted.
 */
export function isSafePlain(text: string, flow: boolean): boolean {
  if (!PLAIN_START.test(text) || !PLAIN_REST.test(text) || WORD.test(text)) return false;
  if (/:(?: |$)| #/.test(text)) return false;
  return !flow || !/[,[\]{}]|:["']/.test(text);
}
