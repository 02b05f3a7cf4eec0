import { describe, expect, it } from "vitest";
import type { RecordEvent } from "../../lib/shapes";
import { actorWords, eventWords, isLook } from "./event-words";

const EVENT: RecordEvent = {
  ...{ journal: "j", seq: 1, at: "2030-01-31T12:00:00.000Z" },
  actor: { kind: "service", id: "s", name: "llm-proxy" },
  ...{ action: "secrets.resolve", environment: "default", target: "", names: [] },
  ...{ outcome: "ok", code: "", address: "10.0.3.7", userAgent: "", requestId: "r" },
  ...{ tokenId: null, incident: null, repeats: null, mac: null },
};

describe("an event in words", () => {
  it.each<[string, Partial<RecordEvent>]>([
    [
      "resolved OPENAI_API_KEY v4 and 2 more",
      {
        names: [
          { name: "OPENAI_API_KEY", version: 4 },
          { name: "B", version: 1 },
          { name: "C", version: 1 },
        ],
      },
    ],
    [
      "resolved A v1 and 9,999 more",
      {
        names: Array.from({ length: 200 }, () => ({ name: "A", version: 1 })),
        moreNames: 9_800,
      },
    ],
    ["resolved A v1, unchanged", { names: [{ name: "A", version: 1 }], code: "unchanged" }],
    [
      "was refused to resolve A (unresolved)",
      { names: [{ name: "A", version: 0 }], outcome: "denied", code: "unresolved" },
    ],
    [
      "failed to rotate A (version_conflict)",
      { action: "secrets.rotate", target: "A", outcome: "failed", code: "version_conflict" },
    ],
    [
      "was refused to resolve A (unresolved), 12 more times",
      { names: [{ name: "A", version: 0 }], outcome: "denied", code: "unresolved", repeats: 12 },
    ],
    ["looked at secrets", { action: "secrets.list" }],
    ["looked at secrets A", { action: "secrets.list", target: "A" }],
    ["made a token for gateway", { action: "tokens.create", target: "gateway" }],
    ["made.up thing", { action: "made.up", target: "thing" }],
    ["made the service prod-*-x", { action: "services.create", target: "prod-*-x" }],
    ["invited a$`b@x and $& $1", { action: "users.create", target: "a$`b@x and $& $1" }],
    [
      "verified the audit record, which is not as Coffer wrote it",
      { action: "audit.verify", code: "tampered" },
    ],
    ["began to verify the audit record", { action: "audit.verify", code: "started" }],
    ["searched the audit record", { action: "audit.search", target: "secret=A" }],
  ])("%s", (words, event) => {
    expect(eventWords({ ...EVENT, ...event })).toBe(words);
  });

  it("tells looks from what somebody did, got or was refused", () => {
    const isLookAt = (event: Partial<RecordEvent>) => isLook({ ...EVENT, ...event });
    expect(isLookAt({ action: "secrets.list" })).toBe(true);
    expect(isLookAt({ action: "keys.read" })).toBe(true);
    expect(isLookAt({ action: "secrets.list", outcome: "denied" })).toBe(false);
    expect(isLookAt({ action: "secrets.resolve" })).toBe(false);
    expect(isLookAt({ action: "incidents.look" })).toBe(false);
  });

  it("says who it was, also where nobody showed who they are", () => {
    expect(actorWords(EVENT)).toBe("llm-proxy");
    const nobody = { ...EVENT, actor: { kind: "nobody", id: "", name: "nobody" } };
    expect(actorWords(nobody)).toBe("Somebody without credentials");
  });
});
