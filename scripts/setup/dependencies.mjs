import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { localHeaders, withFetchedHeaders } from "./headers.mjs";
import { npm } from "./npm.mjs";
import { inRoot } from "./root.mjs";
import { runNode, SetupError } from "./run.mjs";
import { stamp } from "./stamp.mjs";

const STAMP = "node_modules/.coffer-stamp";

/** Packages depend on the lockfile, and the compiled one on Node's binary interface. */
function wanted() {
  const lockfile = createHash("sha256").update(readFileSync(inRoot("package-lock.json")));
  return `${lockfile.digest("hex")} abi ${process.versions.modules} ${process.platform}-${process.arch}\n`;
}

/** Whether someone has run `npm ci` or `npm install` by hand and all is as it should be. */
async function installedByHand() {
  try {
    const packagesIn = (file) => JSON.parse(readFileSync(inRoot(file), "utf8")).packages;
    const locked = packagesIn("package-lock.json");
    const found = packagesIn("node_modules/.package-lock.json");
    const same = (path) => locked[path]?.integrity === found[path]?.integrity;
    const complete = Object.keys(locked).every(
      (path) =>
        path === "" || (locked[path].optional && !found[path]) || (found[path] && same(path)),
    );
    if (!complete || !Object.keys(found).every((path) => path in locked)) return false;
  } catch {
    return false;
  }
  const probe = `new (require("better-sqlite3"))(":memory:"); require("esbuild").transformSync("")`;
  return (await runNode(["-e", probe])).code === 0;
}

const TOOLCHAIN =
  "a C++ compiler, make and Python 3 (on Debian and Ubuntu: apt-get install g++ make python3; on macOS: xcode-select --install)";

/** What npm's output can mean, and what to do; the first that fits. */
const CAUSES = [
  [/ENOSPC|no space left/i, "The disk is full."],
  [
    /EUSAGE/,
    "package.json and package-lock.json disagree. Run npm install, and commit both if you changed one.",
  ],
  [
    /gyp ERR![^]*(nodejs\.org|FetchError)/,
    "better-sqlite3 had to be compiled, and Node's headers could not be fetched. Install Node in a way that brings include/node along, or set npm_config_nodedir to a folder that has it.",
  ],
  [/gyp ERR!/, `better-sqlite3 had to be compiled, and that failed. It takes ${TOOLCHAIN}.`],
  [/EACCES|EPERM/, "A file could not be written. Does this folder belong to you?"],
  [
    /CERT|certificate/,
    "The npm registry's certificate is not trusted here. NODE_EXTRA_CA_CERTS names a file of further ones.",
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRE|E[45]0\d|Exit handler never called/,
    "The npm registry could not be reached, or did not have a package.",
  ],
];

/** npm's last words, put plainly. */
const explain = (output) =>
  CAUSES.find(([pattern]) => pattern.test(output))?.[1] ?? "npm's own words are above.";

async function install() {
  const ci = (nodedir) =>
    npm(["ci", "--include=dev", "--no-audit", "--no-fund"], {
      NODE_ENV: undefined,
      npm_config_nodedir: nodedir ?? process.env.npm_config_nodedir,
      npm_config_jobs: "max",
    });
  const local = localHeaders();
  const first = await ci(local);
  if (first.code === 0 || local !== undefined || !/gyp ERR/.test(first.output)) return first;
  return (await withFetchedHeaders(ci)) ?? first;
}

/** The packages of package-lock.json, in node_modules. */
export const dependencies = {
  title: "Packages",
  note: "installing. Where SQLite has to be compiled the first time takes some minutes.",
  isCurrent: () => stamp.says(STAMP, wanted()),
  async make() {
    stamp.remove(STAMP);
    if (!(await installedByHand())) {
      const { code, output } = await install();
      if (code !== 0)
        throw new SetupError(`${output}\nThe packages could not be installed. ${explain(output)}`);
    }
    stamp.write(STAMP, wanted());
  },
};
