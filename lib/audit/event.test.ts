import { describe, expect, it } from "vitest";
import { OPERATOR, type Caller, type Origin } from "../access/caller";
import { newToken } from "../crypto/token";
import { actorName, eventRow, type Happening } from "./event";

const at = new Date("2030-01-31T12:00:00Z");
const origin: Origin = { address: "192.0.2.1", userAgent: "curl/8", requestId: "request" };
const person: Caller = {
  kind: "user",
  isConfirmed: true,
  owesTwoStep: false,
  id: "u",
  email: "a@example.com",
  name: "A",
  role: "admin",
  sessionId: "0",
  origin,
};
const nobody: Caller = { kind: "nobody", origin };

function row(happening: Partial<Happening>) {
  return eventRow({ caller: person, action: "secrets.list", outcome: "ok", ...happening }, at);
}

describe("an event on record", () => {
  it("says who, from where, what, to what, with which outcome and in which request", () => {
    const happening: Happening = {
      ...{ caller: person, action: "secrets.rotate", environment: "default", target: "KEY" },
      ...{ names: [["KEY", 3]], outcome: "failed", code: "version_conflict" },
    };
    expect(eventRow(happening, at)).toEqual({
      ...{ at, actorKind: "user", actorId: "u", actorName: "a@example.com" },
      ...{ action: "secrets.rotate", environment: "default", target: "KEY" },
      ...{ names: '[["KEY",3]]', outcome: "failed", code: "version_conflict" },
      ...{ address: "192.0.2.1", userAgent: "curl/8", requestId: "request" },
      ...{ tokenId: null, incident: null, repeats: null },
    });
  });

  it("says under which incident, and by which token of a service", () => {
    const service = { kind: "service", id: "s", name: "ci", tokenId: "t", origin } as Caller;
    expect(row({ caller: service, incident: "i" })).toMatchObject({ tokenId: "t", incident: "i" });
  });

  it("has a text for everything, also where there is nothing to say", () => {
    expect(row({ caller: nobody })).toMatchObject({
      ...{ actorKind: "nobody", actorId: "", actorName: "nobody", environment: "", target: "" },
      ...{ names: "[]", code: "" },
    });
    expect(actorName(OPERATOR)).toBe("operator");
  });

  it("is bounded and has no control characters, whatever was sent", () => {
    const userAgent = "\u001b[2J\r\nevil\u0000\u0085\ud800" + "x".repeat(1_000);
    const noisy = row({
      caller: { ...person, origin: { ...origin, userAgent } },
      target: "\u0000\u202e".repeat(1_000),
    });
    expect(noisy.userAgent).toHaveLength(256);
    expect(noisy.userAgent).toMatch(/^\?\[2J\?\?evil\?\?\?x+$/);
    expect(noisy.target).toHaveLength(320);
    expect(noisy.target).not.toContain("\u0000");
  });

  it("holds no token, wherever one was pasted, not even the half of one", () => {
    const { token } = newToken();
    const pasted = row({
      caller: { ...person, origin: { ...origin, userAgent: `agent ${token}` } },
      target: token,
      names: [
        [token, 0],
        [`A_${token}`, 0],
      ],
    });
    expect(JSON.stringify(pasted)).not.toContain(token.slice(8));
    const atTheEdge = row({ target: "x".repeat(300) + token });
    expect(atTheEdge.target).not.toContain(token.slice(0, 12));
  });
});
