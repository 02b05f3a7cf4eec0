import { useId } from "react";
import type { InstanceInfo } from "../../lib/shapes";
import { count } from "../ui/amount";
import { Button } from "../ui/button";
import { Chip } from "../ui/chip";
import { Ago } from "../ui/clock";
import { Fingerprint } from "./fingerprint";
import type { MasterKeyState } from "./rekey-state";

const IS = {
  own: "this process works with it",
  previous: "the one before",
  other: "not given to this process",
};

interface MasterKeyRowProps {
  masterKey: MasterKeyState;
  /** Whether there are others. */
  isOneOfMany: boolean;
  onEnd: () => void;
}

/** One master key: what it opens, who works with it, and whether it can be ended. */
export function MasterKeyRow({ masterKey, isOneOfMany, onEnd }: MasterKeyRowProps) {
  const why = useId();
  const { fingerprint, is, isComplete, users, canEnd } = masterKey;
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-72">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <Fingerprint of={fingerprint} />
            <Chip>{IS[is]}</Chip>
          </p>
          {isOneOfMany ? (
            <p className="text-muted">
              {isComplete ? "It opens every key." : "It does not open every key."}
            </p>
          ) : null}
        </div>
        {is === "own" ? null : (
          <Button tone="risky" disabled={!canEnd} aria-describedby={why} onClick={onEnd}>
            {is === "previous" ? "End the old key" : "End this key"}
          </Button>
        )}
      </div>
      {users.length === 0 ? null : (
        <ul aria-label={`Processes on ${fingerprint}`} className="mt-1">
          {users.map((user) => (
            <Process key={user.id} process={user} />
          ))}
        </ul>
      )}
      {is === "own" ? null : (
        <p id={why} className={`mt-1 ${canEnd ? "text-muted" : "text-soon-text"}`}>
          {whyWords(masterKey)}
        </p>
      )}
    </li>
  );
}

function Process({ process: { id, kind, startedAt, seenAt, isThis } }: { process: InstanceInfo }) {
  return (
    <li className="text-muted">
      {kind === "server" ? "Server" : "Command"} <span className="mono">{id.slice(0, 8)}</span>
      {isThis ? " (this one)" : ""}, started <Ago at={startedAt} />, last seen <Ago at={seenAt} />
    </li>
  );
}

/** Why it can be ended, or not yet, and what to do. */
function whyWords({ is, users, canEnd }: MasterKeyState): string {
  if (users.length > 0) {
    const isOne = users.length === 1;
    const who = isOne ? "A process works with it" : `${count(users.length)} processes work with it`;
    return is === "previous"
      ? `${who} still: start ${isOne ? "it" : "each"} with the new key. One that was killed counts for 45 seconds. This page looks again by itself.`
      : `${who}. If it is the new key of a rekey, start this process with it too.`;
  }
  if (!canEnd) return "The key of this process does not open every key, so this one is needed.";
  return is === "previous"
    ? "Every key is wrapped by the new key, and no process works with this one."
    : "No process works with it. If it is the new key of a rekey, start this process with it, and end the other one then.";
}
