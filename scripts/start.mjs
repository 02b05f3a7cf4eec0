/**
 * `npm start`: installs and builds what is missing or out of date, then runs Coffer, in this very process:
 * signals, exit code and terminal are the server's own.
 */
import { pathToFileURL } from "node:url";
import { FOR_RUNNING, setUpOrExit } from "./setup.mjs";
import { followNpm } from "./setup/follow.mjs";
import { inRoot, root } from "./setup/root.mjs";

process.chdir(root);
const unfollow = followNpm();
await setUpOrExit(FOR_RUNNING);

process.env.NODE_ENV = "production";
process.env.NEXT_TELEMETRY_DISABLED = "1";
process.setSourceMapsEnabled(true);
await import(pathToFileURL(inRoot("dist/server.js")).href);

// Once the server is stopping, npm may well be gone before it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  if (process.listenerCount(signal) > 0) process.once(signal, unfollow);
}
