#!/usr/bin/env node
/** `coffer` where there is nothing to set up: the settings are those of the server, `.env` and `data/` of the current folder. */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { main } from "./dist/coffer.js";

process.env.NODE_ENV = "production";
process.setSourceMapsEnabled(true);
const root = dirname(fileURLToPath(import.meta.url));
const home = process.cwd();
process.exit(await main(process.argv.slice(2), { root, home, from: home }));
