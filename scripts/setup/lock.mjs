import { mkdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { workFolder } from "./root.mjs";

const LOCK = join(workFolder, "lock");
const BEAT_MS = 2_000;
/** A holder that was killed outright leaves its lock; after this long without a beat it is taken over. */
const STALE_MS = 15_000;

function take() {
  mkdirSync(workFolder, { recursive: true });
  try {
    mkdirSync(LOCK);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  const beat = statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  if (Date.now() - beat > STALE_MS) discard();
  return false;
}

/** Moved aside first: of several processes that find a stale lock, only one can move it. */
function discard() {
  const aside = `${LOCK}.${process.pid}`;
  try {
    renameSync(LOCK, aside);
  } catch {
    return;
  }
  rmSync(aside, { recursive: true, force: true });
}

function touch() {
  try {
    utimesSync(LOCK, new Date(), new Date());
  } catch {
    // Someone deleted the folder; the work goes on without the lock.
  }
}

/**
 * Does `work` while no other process sets up this folder. The lock is a directory that its holder keeps
 * touching, so it works between containers too.
 */
export async function withLock(work) {
  let waiting = false;
  while (!take()) {
    if (!waiting) console.log("Another Coffer command is setting up this folder; waiting for it.");
    waiting = true;
    await sleep(300);
  }
  const release = () => rmSync(LOCK, { recursive: true, force: true });
  const beat = setInterval(touch, BEAT_MS);
  process.on("exit", release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.off("exit", release);
    release();
  }
}
