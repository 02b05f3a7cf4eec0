#!/usr/bin/env node
/**
 * `coffer`: sets up what is missing or out of date, as `npm start` does, then runs the command. The settings
 * are those of the server: `.env` and `data/` of this folder, wherever the command is typed.
 */
import { pathToFileURL } from "node:url";
import { FOR_COMMANDS, setUpOrExit } from "./setup.mjs";
import { inRoot, root } from "./setup/root.mjs";

const from = process.cwd();
process.chdir(root);
// What set-up says is no part of the command's answer.
const { write } = process.stdout;
process.stdout.write = process.stderr.write.bind(process.stderr);
await setUpOrExit(FOR_COMMANDS);
process.stdout.write = write;

process.env.NODE_ENV = "production";
process.setSourceMapsEnabled(true);
const { main } = await import(pathToFileURL(inRoot("dist/coffer.js")).href);
process.exit(await main(process.argv.slice(2), { root, home: root, from }));
