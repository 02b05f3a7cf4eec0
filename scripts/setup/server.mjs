import { existsSync } from "node:fs";
import { inRoot, root } from "./root.mjs";
import { SetupError } from "./run.mjs";
import { hashOf, stamp } from "./stamp.mjs";

const OUTPUT = "dist/server.js";
const DOCUMENTS = "dist/documents.js";
const BACKUP = "dist/backup.js";
const RECORD = "dist/record.js";
const VERIFY = "dist/verify.js";
const LINES = "dist/lines.js";
const WRITER = "dist/writer.js";
const COMMANDS = "dist/coffer.js";
/** All that is made here, and all that runs of it. */
export const BUNDLES = [OUTPUT, DOCUMENTS, BACKUP, RECORD, VERIFY, LINES, WRITER, COMMANDS];
const STAMP = "dist/.coffer-stamp";

const SOURCES = [
  "server.ts",
  "lib",
  "prisma/schema.prisma",
  "prisma/postgresql/schema.prisma",
  "tsconfig.json",
  "package-lock.json",
  "scripts/setup/server.mjs",
];

/**
 * How TypeScript becomes something that Node runs: one file, with packages left where they are. For esbuild.
 * @param {string} source
 * @param {string} output
 * @returns {import("esbuild").BuildOptions}
 */
export const bundleOptions = (source, output) => ({
  absWorkingDir: root,
  entryPoints: [source],
  outfile: output,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  packages: "external",
  sourcemap: "linked",
  logLevel: "silent",
});

/** Bundles one file. @throws SetupError with esbuild's messages */
export async function bundle(source, output) {
  const esbuild = await import("esbuild");
  try {
    await esbuild.build(bundleOptions(source, output));
  } catch (error) {
    const messages = await esbuild.formatMessages(error.errors ?? [], { kind: "error" });
    throw new SetupError(`${messages.join("") || error.message}\n${source} could not be bundled.`);
  }
}

/** The threads that the server starts: for large documents, for backups, and to write, look through, verify and stream the audit record. */
export async function bundleThreads() {
  await bundle("lib/vault/document-thread.ts", DOCUMENTS);
  await bundle("lib/vault/backup-thread.ts", BACKUP);
  await bundle("lib/vault/record-thread.ts", RECORD);
  await bundle("lib/vault/verify-thread.ts", VERIFY);
  await bundle("lib/vault/line-thread.ts", LINES);
  await bundle("lib/audit/write-thread.ts", WRITER);
}

/** The server, bundled into dist/server.js, and the `coffer` command. */
export const server = {
  title: "Server",
  note: "bundling.",
  isCurrent: () =>
    BUNDLES.every((file) => existsSync(inRoot(file))) && stamp.says(STAMP, hashOf(SOURCES)),
  async make() {
    stamp.remove(STAMP);
    const sources = hashOf(SOURCES);
    await bundleThreads();
    await bundle("lib/cli/main.ts", COMMANDS);
    await bundle("server.ts", OUTPUT);
    stamp.write(STAMP, sources);
  },
};
