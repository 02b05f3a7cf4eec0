import { describe, expect, it } from "vitest";
import { recordQuery } from "../../lib/api/audit-schemas";
import { auditUrl, faultsOf, filtersOf, queryOf } from "./audit-url";

const NOW = Date.parse("2030-01-31T12:00:00.000Z");

describe("the filters of the audit record", () => {
  it.each([
    ["secret", "OPENAI_API_KEY"],
    ["secret", "$ENV/OPENAI_API_KEY"],
    ["secret", "openai-key"],
    ["secret", "$ENV/"],
    ["secret", "$SECRET/A"],
    ["secret", "A".repeat(128)],
    ["secret", "A".repeat(129)],
    ["action", "secrets.rotate"],
    ["action", "secrets"],
    ["action", "10%"],
    ["action", "Secrets"],
    ["environment", "a".repeat(40)],
    ["environment", "a".repeat(41)],
    ["environment", "Prod"],
    ["actor", "a".repeat(320)],
    ["actor", "a".repeat(321)],
    ["service", "a".repeat(100)],
    ["service", "a".repeat(101)],
    ["address", "a".repeat(100)],
    ["address", "a".repeat(101)],
    ["address", "10.0.0.0/8"],
    ["address", "10.0.0.0/33"],
    ["address", "10.0.0/8"],
    ["address", "2001:db8::/32"],
    ["address", "2001:db8::/129"],
    ["address", "fe80::1%eth0/64"],
    ["address", "/"],
    ["requestId", "a".repeat(100)],
    ["requestId", "a".repeat(101)],
    ["outcome", "denied"],
    ["outcome", "refused"],
    ["from", "2030-01-31T00:00:00Z"],
    ["from", "yesterday"],
    ["to", "2030-13-01"],
  ])("%s %j can be asked for if the API takes it, and is kept in either case", (name, text) => {
    const filters = filtersOf({ [name]: text });
    const isTaken = recordQuery.safeParse({ [name]: text }).success;
    const query = queryOf(filters, NOW);
    expect(faultsOf(filters).map((fault) => fault.name)).toEqual(isTaken ? [] : [name]);
    expect(query !== null).toBe(isTaken);
    if (query) expect(recordQuery.safeParse(query).success).toBe(true);
    else expect(new URL(auditUrl(filters), "http://x").searchParams.get(name)).toBe(text);
  });

  it("never ask for less than the address says", () => {
    expect(queryOf(filtersOf({ range: "2d" }), NOW)).toBeNull();
    expect(queryOf(filtersOf({ secret: ["A", "B"] }), NOW)).toBeNull();
    expect(queryOf(filtersOf({ outcome: ["denied", "failed"] }), NOW)).toBeNull();
    expect(queryOf(filtersOf({}), NOW)).toEqual({ from: "2030-01-24T12:00:00.000Z" });
  });
});
