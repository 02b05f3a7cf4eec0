import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** A path in the project's folder. */
export const inRoot = (...parts) => join(root, ...parts);

/** Where these scripts keep their lock and the reports of a test run. Safe to delete at any time. */
export const workFolder = inRoot(".setup");
