/**
 * `npm run bench`: sets up, then runs bench/main.ts, which starts the others. `-- quick` for a short run without a report,
 * `-- record` for what the record costs, `-- events` for how a long one is read, `-- postgresql` for as much as several instances answer, `-- refusals` for whether
 * refusals tell what exists.
 */
import { pathToFileURL } from "node:url";
import { followNpm } from "./setup/follow.mjs";
import { FOR_RUNNING, setUpOrExit } from "./setup.mjs";
import { inRoot, root } from "./setup/root.mjs";
import { bundle } from "./setup/server.mjs";

process.chdir(root);
followNpm();
await setUpOrExit(FOR_RUNNING);
for (const name of ["bare", "load", "receiver", "unaudited"]) {
  await bundle(`bench/${name}.ts`, `dist/bench-${name}.js`);
}
await bundle("bench/main.ts", "dist/bench.js");
await import(pathToFileURL(inRoot("dist/bench.js")).href);
