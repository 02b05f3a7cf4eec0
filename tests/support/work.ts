type Method = (...args: unknown[]) => unknown;
/** `from` is the `lastIndex` of a regular expression before the call. */
type Cost = (self: unknown, args: unknown[], result: unknown, from: number) => number;

const whole: Cost = (self) => String(self).length;
const argument: Cost = (_self, [text]) => String(text).length;
const outcome: Cost = (_self, _args, result) => String(result).length;
const searched: Cost = (self, [string, from], result) => {
  const end = result === -1 ? String(self).length : Number(result) + String(string).length;
  return end - Number(from ?? 0);
};
const matched: Cost = (self, [text], result, from) => {
  const { sticky, global } = self as RegExp;
  const match = result as RegExpExecArray | null;
  if (match !== null) return match.index + match[0].length - (sticky || global ? from : 0);
  return sticky ? 1 : String(text).length - from;
};

/** What each built-in method looks at or copies, at most. */
const COSTS: [owner: object, name: string, cost: Cost][] = [
  [String.prototype, "charCodeAt", () => 0],
  [String.prototype, "indexOf", searched],
  [String.prototype, "slice", outcome],
  [String.prototype, "repeat", outcome],
  [String.prototype, "startsWith", argument],
  [String.prototype, "endsWith", argument],
  ...["includes", "split", "replaceAll", "toLowerCase", "toUpperCase", "isWellFormed"].map(
    (name): [object, string, Cost] => [String.prototype, name, whole],
  ),
  [Array.prototype, "join", outcome],
  [Array.prototype, "splice", (_self, _args, removed) => (removed as unknown[]).length],
  [RegExp.prototype, "exec", matched],
  [JSON, "parse", argument],
  [JSON, "stringify", argument],
];

/**
 * How many characters `run` has built-in methods look at, one for each call included. Every loop over
 * characters and every search of lib/reference goes through one of these, and unlike a clock they answer the
 * same on every machine.
 */
export function workOf(run: () => void): number {
  let work = 0;
  const originals = COSTS.map(([owner, name]) => (owner as Record<string, Method>)[name]);
  COSTS.forEach(([owner, name, cost], i) => {
    const original = originals[i];
    (owner as Record<string, Method>)[name] = function (this: unknown, ...args) {
      const from = this instanceof RegExp ? this.lastIndex : 0;
      const result = original?.apply(this, args);
      work += 1 + cost(this, args, result, from);
      return result;
    };
  });
  try {
    run();
  } finally {
    COSTS.forEach(([owner, name], i) => Object.assign(owner, { [name]: originals[i] }));
  }
  return work;
}
