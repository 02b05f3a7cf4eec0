import { readFileSync } from "node:fs";

const EVERY_MS = 1_000;

/** The parent of a process and the process's name, where the system tells (Linux). */
function lookUp(pid) {
  try {
    const [, name, parent] = /\((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8"));
    return { name, parent: Number(parent) };
  } catch {
    return { name: "", parent: 0 };
  }
}

/**
 * Ends this process, by SIGTERM to itself, once the npm that runs it is gone. npm starts a script through a
 * shell, and a signal sent to npm ends the shell but does not reach the script, which would run on alone.
 * Does nothing for a script that npm does not run. Returns a function that ends the watch.
 */
export function followNpm() {
  if (process.env.npm_lifecycle_event === undefined) return () => undefined;
  const shell = process.ppid;
  const npm = lookUp(shell).parent;
  const byShell = lookUp(npm).name.startsWith("npm");
  const timer = setInterval(() => {
    if (process.ppid === shell && (!byShell || lookUp(shell).parent === npm)) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
