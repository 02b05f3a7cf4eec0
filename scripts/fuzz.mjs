/** `npm run fuzz -- [inputs] [seed]`: sets up, then runs tests/fuzz/main.ts. */
import { pathToFileURL } from "node:url";
import { followNpm } from "./setup/follow.mjs";
import { FOR_SOURCES, setUpOrExit } from "./setup.mjs";
import { inRoot, root } from "./setup/root.mjs";
import { bundle } from "./setup/server.mjs";

process.chdir(root);
followNpm();
await setUpOrExit(FOR_SOURCES);
await bundle("tests/fuzz/main.ts", "dist/fuzz.js");
await import(pathToFileURL(inRoot("dist/fuzz.js")).href);
