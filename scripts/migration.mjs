/** `npm run migration -- NAME`: sets up, then runs make-migration.ts. */
import { pathToFileURL } from "node:url";
import { FOR_SOURCES, setUpOrExit } from "./setup.mjs";
import { inRoot, root } from "./setup/root.mjs";
import { bundle } from "./setup/server.mjs";

process.chdir(root);
await setUpOrExit(FOR_SOURCES);
await bundle("scripts/make-migration.ts", "dist/make-migration.js");
await import(pathToFileURL(inRoot("dist/make-migration.js")).href);
