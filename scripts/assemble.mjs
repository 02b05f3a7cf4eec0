/**
 * `node scripts/assemble.mjs FOLDER`: sets up what is missing or out of date, and puts into a new folder what Coffer runs with
 * and nothing else. For an image (see Dockerfile), or a machine that has Node and no build tools.
 */
import { resolve } from "node:path";
import { FOR_RUNNING, setUpOrExit } from "./setup.mjs";
import { root } from "./setup/root.mjs";
import { SetupError } from "./setup/run.mjs";
import { assemble } from "./setup/runtime.mjs";

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("Name the folder to make: node scripts/assemble.mjs FOLDER");
  process.exit(1);
}
const target = resolve(folder);
process.chdir(root);
await setUpOrExit(FOR_RUNNING);
try {
  await assemble(target);
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exit(1);
}
console.log(`Coffer is in ${target}. Run it with: node ${target}/dist/server.js`);
