import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { POSTGRESQL, postgresqlSchema, SOURCE } from "./setup/schema.mjs";

test("PostgreSQL's schema is the one that is made from SQLite's", () => {
  const stored = readFileSync(POSTGRESQL, "utf8");
  expect(stored, "run `npm run migration` and commit what it wrote").toBe(
    postgresqlSchema(readFileSync(SOURCE, "utf8")),
  );
});

test("a source that PostgreSQL's can't be made from is refused", () => {
  expect(() => postgresqlSchema('provider = "mysql"')).toThrow("once");
});
