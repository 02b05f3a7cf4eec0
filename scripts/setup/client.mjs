import { existsSync } from "node:fs";
import { inRoot } from "./root.mjs";
import { runNode, SetupError } from "./run.mjs";
import { POSTGRESQL, SOURCE } from "./schema.mjs";
import { hashOf, stamp } from "./stamp.mjs";

const OUTPUTS = ["sqlite", "postgresql"].map((name) => `lib/store/generated/${name}/client.ts`);
const STAMP = "lib/store/generated/.coffer-stamp";

const wanted = () =>
  hashOf([SOURCE, POSTGRESQL, "prisma.config.ts", "node_modules/prisma/package.json"]);

async function generate(schema) {
  const cli = inRoot("node_modules/prisma/build/index.js");
  const { code, output } = await runNode([cli, "generate", "--schema", schema]);
  if (code !== 0) throw new SetupError(`${output}\nThe database client could not be generated.`);
}

/** Prisma's clients, one for each kind of database, generated without any network. */
export const client = {
  title: "Database client",
  note: "generating from prisma/schema.prisma.",
  isCurrent: () => OUTPUTS.every((file) => existsSync(inRoot(file))) && stamp.says(STAMP, wanted()),
  async make() {
    stamp.remove(STAMP);
    for (const schema of [SOURCE, POSTGRESQL]) await generate(schema);
    stamp.write(STAMP, wanted());
  },
};
