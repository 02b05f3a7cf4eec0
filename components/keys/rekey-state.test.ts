import { describe, expect, test } from "vitest";
import type { InstanceInfo, KeyringInfo, WrapInfo } from "../../lib/shapes";
import { rekeyState } from "./rekey-state";

const OLD = "0000-0000-0000-0001";
const NEW = "0000-0000-0000-0002";

function process(fingerprint: string, isThis = false): InstanceInfo {
  const at = "2026-01-01T00:00:00Z";
  return {
    id: `on ${fingerprint}`,
    kind: "server",
    fingerprint,
    startedAt: at,
    seenAt: at,
    isThis,
  };
}

function stateOf(
  own: string,
  previous: string | null,
  wraps: (Pick<WrapInfo, "fingerprint"> & Partial<WrapInfo>)[],
  instances: InstanceInfo[] = [],
) {
  const whole = wraps.map((wrap) => ({
    ...{ isCurrent: wrap.fingerprint === own, isComplete: true, instances: 0 },
    ...wrap,
  }));
  return rekeyState({ fingerprint: own, previous, wraps: whole, instances } as KeyringInfo);
}

describe("where a rekey stands", () => {
  test("with one master key none is under way, and it can't be ended", () => {
    const state = stateOf(OLD, null, [{ fingerprint: OLD }], [process(OLD, true)]);
    expect(state).toMatchObject({ isUnderWay: false, isPreviousLeft: false, canWrap: true });
    expect(state.keys).toMatchObject([{ is: "own", canEnd: false, users: [{ isThis: true }] }]);
  });

  test("the old key can be ended once nobody works with it", () => {
    const both = [{ fingerprint: OLD }, { fingerprint: NEW }];
    const before = stateOf(NEW, OLD, both, [process(OLD), process(NEW, true)]);
    expect(before.isUnderWay).toBe(true);
    expect(before.keys).toMatchObject([
      { fingerprint: NEW, is: "own", canEnd: false },
      { fingerprint: OLD, is: "previous", canEnd: false, users: [{ id: `on ${OLD}` }] },
    ]);
    expect(stateOf(NEW, OLD, both, [process(NEW, true)]).keys[1]?.canEnd).toBe(true);
  });

  test("no key can be ended while the own one does not open every key", () => {
    const wraps = [{ fingerprint: OLD }, { fingerprint: NEW, isComplete: false }];
    expect(stateOf(NEW, OLD, wraps).keys.map(({ canEnd }) => canEnd)).toEqual([false, false]);
  });

  test("a process that was not given every master key can't make a data key", () => {
    const both = [{ fingerprint: OLD }, { fingerprint: NEW }];
    expect(stateOf(NEW, OLD, both).canWrap).toBe(true);
    const unaware = stateOf(OLD, null, both);
    expect(unaware.canWrap).toBe(false);
    expect(unaware.keys[1]).toMatchObject({ fingerprint: NEW, is: "other" });
  });

  test("a previous key that opens nothing any more is said to be left", () => {
    expect(stateOf(NEW, OLD, [{ fingerprint: NEW }]).isPreviousLeft).toBe(true);
  });
});
