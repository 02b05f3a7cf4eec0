/** A class of characters, asked by UTF-16 code unit. False for NaN, which is what lies past the end. */
type CharacterClass = (code: number) => boolean;

/** ASCII digits. */
export const isDigit: CharacterClass = (code) => code >= 0x30 && code <= 0x39;

/** The letters, digits and underscore of names. ASCII only: a name has one spelling. */
export const isWord: CharacterClass = (code) =>
  (code >= 0x61 && code <= 0x7a) ||
  (code >= 0x41 && code <= 0x5a) ||
  isDigit(code) ||
  code === 0x5f;

/** What a member in `{{Secrets.Name.member}}` is made of. */
export const isMemberCharacter: CharacterClass = (code) => isWord(code) || code === 0x2d;

/** Space and tab: a reference stands on one line. */
export const isBlank: CharacterClass = (code) => code === 0x20 || code === 0x09;

/** The character that escapes. */
export const isBackslash: CharacterClass = (code) => code === 0x5c;

/** Where the run of such characters that starts at `from` ends, looking at no more than `most` of them. */
export function runEnd(
  text: string,
  from: number,
  is: CharacterClass,
  most: number = text.length,
): number {
  let end = from;
  while (end - from < most && is(text.charCodeAt(end))) end++;
  return end;
}

/** Most characters of a name or a member. */
export const MOST = 128;

/** How far to read one: a character more than allowed is enough to see that it is too long. */
export const MOST_READ = MOST + 1;
