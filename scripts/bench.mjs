/** `npm run bench`: sets up, then runs bench/main.ts. */
import { pathToFileURL } from "node:url";
import { followNpm } from "./setup/follow.mjs";
import { FOR_RUNNING, setUpOrExit } from "./setup.mjs";
import { inRoot, root } from "./setup/root.mjs";
import { bundle } from "./setup/server.mjs";

process.chdir(root);
followNpm();
await setUpOrExit(FOR_RUNNING);
await bundle("bench/main.ts", "dist/bench.js");
await import(pathToFileURL(inRoot("dist/bench.js")).href);
