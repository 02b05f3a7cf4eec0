/**
 * `coffer` as scripts/coffer.mjs runs it, with the settings of the current folder: the `.env` of whoever runs the tests
 * reaches none of them.
 */
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
process.env.NODE_ENV = "production";
process.setSourceMapsEnabled(true);
const { main } = await import(pathToFileURL(join(root, "dist/coffer.js")).href);
const home = process.cwd();
process.exit(await main(process.argv.slice(2), { root, home, from: home }));
