import { expect, test } from "vitest";
import { findReferences } from "../reference/expand";
import { changesSince, endsAt, standpoints, watchedOf } from "./watched";
import type { Decision } from "./decide";
import type { Reference } from "../reference/segments";

const documentOf = (config: unknown) => findReferences(JSON.stringify(config));

test("of a document nothing is kept but its references: no text, no default, no place", () => {
  const config = {
    "key of the place": "text before <<Secrets.A:-the default>> text after",
    list: [
      "{{Secrets.A:-another default}}",
      "$SECRET/A",
      "$SECRET/A",
      "{{Secrets.a-b:-third default}}",
    ],
  };
  const watched = watchedOf(documentOf(config), 10);
  expect(JSON.stringify(watched)).not.toMatch(/default|place|text/);
  expect(watched.uses).toHaveLength(3); // with and without a default in two spellings
  expect(watched.mistakes).toMatchObject([{ status: "malformed", version: null }]);
});

test("more references than one connection may watch are refused, counted once each", () => {
  const config = ["$SECRET/A", "$SECRET/A", "$SECRET/B", "$SECRET/C"];
  expect(watchedOf(documentOf(config), 3).uses).toHaveLength(3);
  expect(() => watchedOf(documentOf(config), 2)).toThrow(/More than 2 references/);
});

test("a secret that was made anew under its name is a change, at the same version; a new expiry is none", () => {
  const watched = watchedOf(documentOf("$SECRET/A"), 10);
  const [use] = watched.uses;
  if (!use) throw new Error("There is no reference.");
  const decisions = (secretId: string, expiresAt: Date | null): Map<Reference, Decision> =>
    new Map([
      [
        use.reference,
        {
          ...{ kind: "value", name: "A", secretId, version: 1, sealed: "" },
          row: { expiresAt } as never,
        },
      ],
    ]);
  const told = (secretId: string, expiresAt: Date | null = null) => ({
    references: standpoints(watched, decisions(secretId, expiresAt)),
    ...{ rulesText: "[]", tag: "" },
  });
  expect(changesSince(told("1"), told("1", new Date()))).toBeNull();
  expect(changesSince(told("1"), told("2"))?.changed).toHaveLength(1);
  expect(changesSince(told("1"), { ...told("1"), rulesText: "[1]" })).toEqual({
    ...{ changed: [], rules: true },
  });
  expect(endsAt(null, decisions("1", null))).toBe(Infinity);
  expect(endsAt(new Date(5), decisions("1", new Date(3)))).toBe(3);
  expect(endsAt(new Date(2), decisions("1", new Date(3)))).toBe(2);
});
