import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { inRoot, root } from "./root.mjs";
import { SetupError } from "./run.mjs";
import { BUNDLES } from "./server.mjs";

/** What Coffer runs with besides packages, as it lies in the project. */
const OWN = [
  ...BUNDLES.flatMap((file) => [file, `${file}.map`]),
  ...["prisma", "next.config.js", "package.json", "LICENSE", "public"],
];

/** What `next build` leaves in .next for other builds and not for the server. */
const OF_BUILDS =
  /^(cache|dev|diagnostics|turbopack|types|trace|trace-build|coffer-stamp|build)(\/|$)|\.nft\.json$/;

/**
 * What no production server loads, though a file that one does load names it: Next's own list (collect-build-traces), the
 * development server and the build, and sharp, as Coffer has no image to resize.
 */
const NOT_AT_RUN_TIME = [
  ...["**/*.d.ts", "**/*.map", "**/react{,-dom}/**/*.development.js", "**/sharp/**", "**/@img/**"],
  ...[
    ...[
      "build/{babel,webpack,templates}/**",
      "docs/**",
      "pages/**",
      "lib/upgrade/**",
      "server/dev/**",
    ],
    ...["server/image-optimizer*", "server/image-optimizer/**", "server/lib/route-resolver*"],
    ...[
      "compiled/next-server/**/*.dev.js",
      "compiled/webpack/bundle5.js",
      "compiled/next-devtools/**",
    ],
    ...["compiled/@vercel/nft/**", "compiled/babel*/**"],
  ].map((path) => `**/next/dist/${path}`),
];

const WEBPACK = "node_modules/next/dist/compiled/webpack";

/**
 * Named by a text and not imported, so that no trace finds it: the schema engine (lib/store/schema-engine.ts), and the stubs that
 * Next asks for when it reads next.config.js, and does not load (next/dist/server/config-utils.js).
 */
const namedFiles = () => [
  "node_modules/@prisma/schema-engine-wasm/schema_engine_bg.wasm",
  "node_modules/next/dist/compiled/@babel/runtime/package.json",
  ...readdirSync(inRoot(WEBPACK))
    .filter((file) => file.endsWith(".js") && file !== "bundle5.js")
    .map((file) => `${WEBPACK}/${file}`),
];

/** Files of packages that the bundles import, by way of one another. From the project's folder. */
async function importedFiles() {
  const require = createRequire(inRoot("package.json"));
  const { nodeFileTrace } = require("next/dist/compiled/@vercel/nft");
  const { fileList } = await nodeFileTrace(
    BUNDLES.map((file) => inRoot(file)),
    { base: root, processCwd: root, mixedModules: true, ignore: NOT_AT_RUN_TIME },
  );
  return [...fileList].filter((file) => file.startsWith("node_modules/"));
}

/** Files of packages that Next found its server and the pages to need. From the project's folder. */
function filesOfPages() {
  const lists = [
    inRoot(".next/next-server.js.nft.json"),
    ...readdirSync(inRoot(".next/server"), { recursive: true })
      .filter((file) => file.endsWith(".nft.json"))
      .map((file) => inRoot(".next/server", file)),
  ];
  const files = lists.flatMap((list) =>
    JSON.parse(readFileSync(list, "utf8")).files.map((file) =>
      relative(root, resolve(dirname(list), file)),
    ),
  );
  return files.filter((file) => /^node_modules\/(?!sharp\/|@img\/)/.test(file));
}

/**
 * Puts into `folder`, which must be new or empty, all that Coffer needs in order to run, and nothing else: some 50 MB in place of
 * the project's folder. Everything must have been set up (`FOR_RUNNING`).
 * @throws SetupError
 */
export async function assemble(folder) {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new SetupError(`${folder} is not empty. Name a new folder.`);
  }
  mkdirSync(folder, { recursive: true });
  const target = realpathSync(folder);
  const copy = (from, to = from, filter = () => true) =>
    cpSync(inRoot(from), join(target, to), { recursive: true, dereference: true, filter });

  for (const path of OWN) if (existsSync(inRoot(path))) copy(path);
  copy(".next", ".next", (path) => !OF_BUILDS.test(relative(inRoot(".next"), path)));
  copy("deploy/runtime", ".");
  for (const file of new Set([...(await importedFiles()), ...filesOfPages(), ...namedFiles()]))
    copy(file);
}
