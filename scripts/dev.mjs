/**
 * `npm run dev`: Coffer with reloading. Pages reload through Next; a change to server.ts or what it imports
 * bundles and restarts the server.
 */
import { spawn } from "node:child_process";
import { FOR_SOURCES, setUpOrExit } from "./setup.mjs";
import { followNpm } from "./setup/follow.mjs";
import { root } from "./setup/root.mjs";
import { bundleThreads, bundleOptions } from "./setup/server.mjs";

const STOP_WITHIN_MS = 10_000;
const OUTPUT = "dist/server.dev.js";

process.chdir(root);
followNpm();
await setUpOrExit(FOR_SOURCES);
await bundleThreads();

/** @type {import("node:child_process").ChildProcess | undefined} */
let child;

function start() {
  const env = { ...process.env, NODE_ENV: "development", NEXT_TELEMETRY_DISABLED: "1" };
  const started = spawn(process.execPath, ["--enable-source-maps", OUTPUT], {
    stdio: "inherit",
    env,
  });
  started.on("exit", (code, signal) => {
    if (child !== started) return;
    child = undefined;
    console.log(
      `Coffer stopped (${signal ?? `exit code ${code}`}). It starts again with the next change.`,
    );
  });
  child = started;
}

/** Ends the server; one that does not want to end is killed. */
function stop() {
  const ending = child;
  child = undefined;
  if (ending === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => ending.kill("SIGKILL"), STOP_WITHIN_MS);
    ending.once("exit", () => {
      clearTimeout(timer);
      resolve();
    });
    ending.kill("SIGTERM");
  });
}

let restarting = Promise.resolve();
const restart = {
  name: "restart",
  setup(build) {
    build.onEnd(({ errors }) => {
      if (errors.length > 0) return;
      restarting = restarting.then(stop).then(start);
    });
  },
};

const { context } = await import("esbuild");
const options = bundleOptions("server.ts", OUTPUT);
const watcher = await context({ ...options, logLevel: "warning", plugins: [restart] });
await watcher.watch();

/** Once is enough: Ctrl-C arrives from the terminal and from npm. */
let ending;
async function end() {
  await watcher.dispose();
  await restarting.then(stop);
  process.exit(0);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => (ending ??= end()));
}
process.on("exit", () => child?.kill("SIGKILL"));
