import type { KeyringInfo } from "../../lib/shapes";
import { WorkState } from "../ui/work-state";
import { resealWords } from "./reseal-words";

const IS = {
  none: "plain",
  working: "working",
  waiting: "soon",
  done: "good",
  left: "soon",
} as const;

/** How far the sealing anew is. */
export function ResealState({ info }: { info: KeyringInfo }) {
  const { state, text } = resealWords(info);
  const { done, total, problem } = info.reseal;
  const isUnderWay = state === "working" || state === "waiting";
  return (
    <WorkState
      is={IS[state]}
      progress={isUnderWay ? { label: "Values sealed anew", done, total } : null}
    >
      <p>{text}</p>
      {state === "waiting" ? (
        <p className="text-muted">
          {problem ?? "Another process is at it, or it is taken up again by itself in a moment."}
        </p>
      ) : null}
      {state === "left" ? (
        <p className="text-muted">
          <a href="#check" className="underline">
            Check every value
          </a>{" "}
          names them and says what to do.
        </p>
      ) : null}
    </WorkState>
  );
}
