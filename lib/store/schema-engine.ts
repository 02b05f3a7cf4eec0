import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from "@prisma/driver-adapter-utils";
import * as engine from "@prisma/schema-engine-wasm/schema_engine_bg";

let started: Promise<void> | undefined;

/**
 * Instantiates Prisma's schema engine from the WebAssembly file of its npm package. By hand, because the
 * package expects a bundler to do it, and because the Prisma CLI would download a native engine instead.
 */
async function start(): Promise<void> {
  const require = createRequire(import.meta.url);
  const file = require
    .resolve("@prisma/schema-engine-wasm/schema_engine_bg")
    .replace(/\.js$/, ".wasm");
  const { instance } = await WebAssembly.instantiate(await readFile(file), {
    "./schema_engine_bg.js": engine as unknown as WebAssembly.ModuleImports,
  });
  engine.__wbg_set_wasm(instance.exports);
  (instance.exports["__wbindgen_start"] as () => void)();
}

/** A schema engine over the database that `connections` leads to. Dispose `connections` after use. */
export async function openSchemaEngine(
  datamodel: string,
  connections: SqlMigrationAwareDriverAdapterFactory,
): Promise<engine.SchemaEngine> {
  await (started ??= start());
  return engine.SchemaEngine.new(
    { datamodels: [["schema.prisma", datamodel]] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(connections),
  );
}
