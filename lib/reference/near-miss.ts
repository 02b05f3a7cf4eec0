/** A text that is no reference and looks as if one was meant. */
export interface NearMiss {
  /** Where it starts in the text. */
  readonly at: number;
  /** As it stands, up to where it stops looking like one. Bounded, and never a default's text. */
  readonly text: string;
  /** What was probably meant, as the end of a sentence for people. */
  readonly message: string;
}

/** As far as a keyword and a name are read, so that a look costs no more than a look. */
const NAME = "[A-Za-z0-9_]{0,64}";
const DOLLAR = new RegExp(`\\$([A-Za-z]{2,10})(:\\/\\/|\\/)(${NAME})`, "g");
const MARKED = new RegExp(
  `(\\{\\{|<<|\\[\\[|\\{|<)[ \\t]{0,8}([A-Za-z]{4,10})([ \\t]{0,8}[./:])[ \\t]{0,8}(${NAME})`,
  "g",
);

/**
 * What in `text` was probably meant as a reference and is none. Goes over the text twice, never back. A text
 * of which GRAMMAR.md says that it is a reference, or a malformed one, is not among them.
 */
export function nearMisses(text: string): NearMiss[] {
  const found: NearMiss[] = [];
  const start = leadingBackslashes(text);
  for (const match of text.matchAll(DOLLAR)) {
    const [all, word = "", mark = "", name = ""] = match;
    const after = text[match.index + all.length];
    const message = dollarMiss(word, mark, name, { isStart: match.index === start, after });
    if (message !== null) found.push({ at: match.index, text: all, message });
  }
  for (const match of text.matchAll(MARKED)) {
    const before = text[match.index - 1];
    if (before === "$" || before === "{" || before === "<") continue;
    const message = markedMiss(match[1] ?? "", match[2] ?? "", match[3] ?? "", match[4] ?? "");
    if (message !== null) found.push({ at: match.index, text: match[0], message });
  }
  return found.sort((a, b) => a.at - b.at);
}

function dollarMiss(
  word: string,
  mark: string,
  name: string,
  { isStart, after }: { isStart: boolean; after: string | undefined },
): string | null {
  if (mark === "/") {
    if (word === "SECRET") {
      return after === "/" && name !== ""
        ? `the name ends at the second /, so this is the value of ${name} with what follows it`
        : null;
    }
    if (word === "ENV") return isStart ? null : WHOLE;
    if (name === "") return null;
    if (isNear(word, "SECRET")) return `$SECRET/${name} was probably meant`;
    return word.toUpperCase() === "ENV" ? `$ENV/${name} was probably meant` : null;
  }
  if (word === "secret" || word.toUpperCase() === "ENV") {
    return isStart ? null : WHOLE;
  }
  return isNear(word, "SECRET")
    ? `$secret://… or $SECRET/${name || "Name"} was probably meant`
    : null;
}

const WHOLE = "this form is a reference only where it is the whole text";

/** Where a form that is the whole text would stand (R2, R9). */
function leadingBackslashes(text: string): number {
  let at = 0;
  while (text[at] === "\\") at++;
  return at;
}

function markedMiss(open: string, word: string, mark: string, name: string): string | null {
  const isKeyword = word.toLowerCase() === "secrets";
  if ((open === "{{" || open === "<<") && isKeyword && mark === ".") return null; // a reference, or malformed
  if (open === "{" || open === "<" || open === "[[") {
    return isKeyword && mark === "." && name !== ""
      ? `{{Secrets.${name}}} or <<Secrets.${name}>> was probably meant`
      : null;
  }
  if (!isNear(word, "SECRETS") || name === "") return null;
  const meant = open === "{{" ? `{{Secrets.${name}}}` : `<<Secrets.${name}>>`;
  return `${meant} was probably meant`;
}

/** Whether two slips of a finger at most lie between the word and the keyword, whatever the case. */
function isNear(word: string, keyword: string): boolean {
  const typed = word.toUpperCase();
  if (typed === keyword) return true;
  return Math.abs(typed.length - keyword.length) <= 2 && distance(typed, keyword) <= 2;
}

/** Insertions, deletions, exchanges and swaps of neighbours (optimal string alignment). Both are short. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(
        (rows[i - 1]?.[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (rows[i - 1]?.[j - 1] ?? 0) + same,
      );
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}
