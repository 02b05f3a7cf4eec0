import { changed, type Format } from "./format";
import { loneSurrogateIn } from "./spelling";

/**
 * Text without a format: one string, which is all of it, and values are put in as they are. What a value means
 * in the place where it comes to stand is for the caller to know (GRAMMAR.md, X1 to X3).
 */
export const plain: Format = {
  read: (source) => ({
    scalars: [{ start: 0, end: source.length, text: source }],
    keys: [],
    unquoted: [],
    skeleton: "",
  }),
  write(_source, scalar, changes) {
    const text = changed(scalar.text, changes);
    return loneSurrogateIn(text) < 0 ? text : null;
  },
  offsetOf: (_source, _scalar, index) => index,
};
