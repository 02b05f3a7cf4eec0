import { afterAll } from "vitest";
import { removeDatabases } from "./database";

// A file of tests that leaves a database behind has it removed at its end.
afterAll(removeDatabases);
