import type { InstanceInfo, KeyringInfo } from "../../lib/shapes";

/** A master key that opens the vault, as the process that answers sees it. */
export interface MasterKeyState {
  fingerprint: string;
  /** `own`: the process was started with it. `previous`: it was given it as the one before. `other`: neither. */
  is: "own" | "previous" | "other";
  isComplete: boolean;
  /** The live processes that were started with it. */
  users: InstanceInfo[];
  /** Whether it may be ended: the own key opens everything, and nobody who lives works with this one. */
  canEnd: boolean;
}

export interface RekeyState {
  /** The own one first, then the one before. */
  keys: MasterKeyState[];
  isUnderWay: boolean;
  /** The process has a previous key still that opens nothing any more. */
  isPreviousLeft: boolean;
  /** The process can wrap a new data key for every master key. */
  canWrap: boolean;
}

/** Where a rekey stands. */
export function rekeyState({ fingerprint, previous, wraps, instances }: KeyringInfo): RekeyState {
  const isWhole = wraps.some((wrap) => wrap.isCurrent && wrap.isComplete);
  const keys = wraps.map((wrap): MasterKeyState => {
    const users = instances.filter((instance) => instance.fingerprint === wrap.fingerprint);
    const is =
      wrap.fingerprint === fingerprint
        ? "own"
        : wrap.fingerprint === previous
          ? "previous"
          : "other";
    const canEnd = is !== "own" && isWhole && users.length === 0;
    return { fingerprint: wrap.fingerprint, is, isComplete: wrap.isComplete, users, canEnd };
  });
  const order = ["own", "previous", "other"];
  return {
    keys: keys.sort((a, b) => order.indexOf(a.is) - order.indexOf(b.is)),
    isUnderWay: keys.length > 1,
    isPreviousLeft: previous !== null && keys.every((key) => key.fingerprint !== previous),
    canWrap: keys.every(({ is }) => is !== "other"),
  };
}
