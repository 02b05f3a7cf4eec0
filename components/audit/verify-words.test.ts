import { describe, expect, it } from "vitest";
import type { AuditFinding, AuditVerification } from "../../lib/shapes";
import { kindWords, verifyWords, wayTo } from "./verify-words";

const DONE: AuditVerification = {
  ...{ state: "done", startedAt: "2030-01-31T12:00:00.000Z", finishedAt: null, checkpoint: null },
  ...{ total: 18_224, checked: 18_224, journals: 2, unchained: 0, findings: 0, items: [] },
  ...{ chainedSince: null, beforeReset: 0, resetAt: null },
};

const FINDING: AuditFinding = {
  ...{ kind: "changed", journal: "j", seq: 1_009, message: "It is not as it was written." },
  at: "2030-01-31T12:00:00.999+00:00",
};

describe("a verification is told", () => {
  it.each<[Partial<AuditVerification>, is: string, title: string]>([
    [{}, "good", "Verified to event 18,224"],
    [{ findings: 1 }, "bad", "Not as Coffer wrote it in 1 place"],
    [{ findings: 1, state: "running" }, "working", "Verifying 18,224 of 18,224 events"],
    [{ state: "running", total: 0 }, "working", "Verifying"],
    [{ state: "failed", checked: 1_000 }, "soon", "Ended at event 1,000 of 18,224"],
    [{ state: "failed", findings: 2 }, "soon", "Ended at event 18,224 of 18,224"],
  ])("%o as %s", (change, is, title) => {
    expect(verifyWords({ ...DONE, ...change })).toMatchObject({ is, title });
  });

  it("as not done before the first, and with what it was held against", () => {
    expect(verifyWords(null).is).toBe("plain");
    expect(verifyWords({ ...DONE, checkpoint: "2030-01-30T00:00:00.000Z" }).also).toContain(
      "checkpoint",
    );
    const upgraded = { unchained: 1_000, chainedSince: "2030-01-31T10:15:00.000Z" };
    expect(verifyWords({ ...DONE, ...upgraded }).also).toContain(
      "1,000 are from before the chain and held as a whole since 2030-01-31. If Coffer was not upgraded then",
    );
    const reset = { beforeReset: 1_204, resetAt: "2030-01-31T10:15:00.000Z" };
    expect(verifyWords({ ...DONE, ...reset }).also).toContain(
      "1,204 are from before the keys were reset on 2030-01-31",
    );
  });
});

describe("a finding", () => {
  it("has its number, and leads to the events of its millisecond", () => {
    expect(kindWords(FINDING)).toBe("Changed: event 1,009");
    expect(wayTo(FINDING)?.href).toBe(
      "/audit?from=2030-01-31T12%3A00%3A00.999Z&to=2030-01-31T12%3A00%3A01.000Z",
    );
  });

  it("leads nowhere if no time stands there", () => {
    expect(wayTo({ ...FINDING, at: null })).toBeNull();
    expect(wayTo({ ...FINDING, at: "javascript:alert(1)" })).toBeNull();
  });
});
