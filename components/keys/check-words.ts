import type { KeyCheck, UnopenedValue } from "../../lib/shapes";
import { count, many } from "../ui/amount";

export interface CheckWords {
  state: "never" | "working" | "none" | "good" | "bad" | "failed";
  title: string;
}

/** What a check has found, in a sentence. */
export function checkWords(check: KeyCheck | null): CheckWords {
  if (check === null) {
    return { state: "never", title: "No check since this process was started" };
  }
  const { state, total, checked, unopened, lost } = check;
  if (state === "running") {
    return { state: "working", title: `Opening every value: ${count(checked)} of ${count(total)}` };
  }
  if (state === "failed") {
    return {
      state: "failed",
      title: `The check ended at ${count(checked)} of ${many(total, "value")}`,
    };
  }
  const wereLost = `${count(lost)} ${lost === 1 ? "was" : "were"} lost with a key of before`;
  if (total === 0) {
    return { state: "none", title: `There are no values${lost === 0 ? " yet" : `: ${wereLost}`}` };
  }
  const besides = lost === 0 ? "" : `; ${wereLost}`;
  if (unopened > 0) {
    return {
      state: "bad",
      title: `${count(unopened)} of ${many(total, "value")} ${unopened === 1 ? "does" : "do"} not open${besides}`,
    };
  }
  return {
    state: "good",
    title: `${total === 1 ? "The one value opens" : `All ${count(total)} values open`}${besides}`,
  };
}

interface Advice {
  why: string;
  todo: string;
}

const NEW_VALUE =
  "Rotate the secret with a new value; if this is an older version, destroy it. Or restore a backup.";

/** Why a value does not open, and what to do. */
export function adviceFor({ reason, keyId }: UnopenedValue): Advice {
  switch (reason) {
    case "not_authentic":
      return {
        why: "It was changed, or moved here from another place.",
        todo: `Something other than Coffer wrote to the database: find out who can. ${NEW_VALUE}`,
      };
    case "unknown_key":
      return {
        why: `The keyring has no data key ${String(keyId)}.`,
        todo: `The keyring, or this value, comes from another copy of the database. ${NEW_VALUE}`,
      };
    case "unknown_format":
      return {
        why: "It is in no format that this version of Coffer knows.",
        todo: `If a newer version wrote it, start that one. ${NEW_VALUE}`,
      };
    case "malformed":
      return { why: "Its text is damaged.", todo: NEW_VALUE };
  }
}
