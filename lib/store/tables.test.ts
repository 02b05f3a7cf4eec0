import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Prisma } from "./generated/sqlite/client";
import { TABLES } from "./tables";

test("the list of Coffer's tables has each model of the schema, and nothing else", () => {
  expect(TABLES).toEqual(Object.keys(Prisma.ModelName).sort());
  // A table that is named differently from its model would not be found by its name.
  expect(readFileSync("prisma/schema.prisma", "utf8")).not.toContain("@@map");
});
