import type { KeyringInfo } from "../../lib/shapes";
import { count, many } from "../ui/amount";

export interface ResealWords {
  state: "none" | "working" | "waiting" | "done" | "left";
  text: string;
}

/** How far the sealing anew is, in a sentence. */
export function resealWords({ newestKeyId, reseal, lost }: KeyringInfo): ResealWords {
  const { state, total, done } = reseal;
  const key = `data key ${String(newestKeyId)}`;
  const left = total - done;
  if (state === "running") {
    return {
      state: "working",
      text: `Sealing anew under ${key}: ${count(done)} of ${count(total)}`,
    };
  }
  if (state === "waiting") {
    return {
      state: "waiting",
      text: `${many(left, "value")} to be sealed anew under ${key}: ${count(done)} of ${count(total)} done`,
    };
  }
  if (total === 0) {
    const text = lost > 0 ? "There is no value that could be sealed." : "There are no values yet.";
    return { state: "none", text };
  }
  if (left === 0) {
    return {
      state: "done",
      text:
        total === 1
          ? `The one value is under ${key}.`
          : `All ${count(total)} values are under ${key}.`,
    };
  }
  const others = left === 1 ? "The other one does" : `The other ${count(left)} do`;
  const text = `${count(done)} of ${count(total)} values are under ${key}. ${others} not open, and ${left === 1 ? "is left as it is" : "are left as they are"}.`;
  return { state: "left", text };
}
