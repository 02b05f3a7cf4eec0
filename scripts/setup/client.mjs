import { existsSync } from "node:fs";
import { inRoot } from "./root.mjs";
import { runNode, SetupError } from "./run.mjs";
import { hashOf, stamp } from "./stamp.mjs";

const OUTPUT = "lib/store/generated/sqlite/client.ts";
const STAMP = "lib/store/generated/.coffer-stamp";

const wanted = () =>
  hashOf(["prisma/schema.prisma", "prisma.config.ts", "node_modules/prisma/package.json"]);

/** Prisma's client, generated from prisma/schema.prisma without any network. */
export const client = {
  title: "Database client",
  note: "generating from prisma/schema.prisma.",
  isCurrent: () => existsSync(inRoot(OUTPUT)) && stamp.says(STAMP, wanted()),
  async make() {
    stamp.remove(STAMP);
    const { code, output } = await runNode([
      inRoot("node_modules/prisma/build/index.js"),
      "generate",
    ]);
    if (code !== 0) throw new SetupError(`${output}\nThe database client could not be generated.`);
    stamp.write(STAMP, wanted());
  },
};
