import { existsSync, rmSync } from "node:fs";
import { inRoot } from "./root.mjs";
import { runNode, SetupError } from "./run.mjs";
import { hashOf, stamp } from "./stamp.mjs";

const STAMP = ".next/coffer-stamp";

const SOURCES = [
  "app",
  "components",
  "instrumentation.ts",
  "lib",
  "public",
  "prisma/schema.prisma",
  "prisma/postgresql/schema.prisma",
  "next.config.js",
  "next.config.ts",
  "postcss.config.js",
  "postcss.config.mjs",
  "tsconfig.json",
  "package-lock.json",
  "scripts/setup/console.mjs",
];

const build = () =>
  runNode([inRoot("node_modules/next/dist/bin/next"), "build"], {
    env: {
      NODE_ENV: "production",
      // Keeps the user's .env, with the key in it, out of the build.
      __NEXT_PROCESSED_ENV: "true",
    },
  });

/** Next's bundler keeps even its own crashes in its cache, and would repeat them: so once more without. */
async function buildAfresh(failed) {
  if (!/Turbopack ?(Internal)? ?error/i.test(failed.output)) return failed;
  rmSync(inRoot(".next/cache"), { recursive: true, force: true });
  return build();
}

/** The console's pages, built by Next into .next. */
export const webConsole = {
  title: "Console",
  note: "building the pages.",
  isCurrent: () => existsSync(inRoot(".next/BUILD_ID")) && stamp.says(STAMP, hashOf(SOURCES)),
  async make() {
    stamp.remove(STAMP);
    const sources = hashOf(SOURCES);
    const first = await build();
    const { code, output } = first.code === 0 ? first : await buildAfresh(first);
    if (code !== 0) throw new SetupError(`${output}\nThe console's pages could not be built.`);
    stamp.write(STAMP, sources);
  },
};
