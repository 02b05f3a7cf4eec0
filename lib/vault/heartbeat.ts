import { describeError, type Log } from "../log";
import type { Door } from "./door";
import { BEAT_EVERY_MS, type Instances } from "./instances";
import type { Reseal } from "./reseal";

/**
 * Does what a process does for as long as it lives: says that it is there, takes in keys that others have made, and
 * goes on with sealing anew where that was left. Begins at once, in the background.
 */
export function startBeating(
  { keys }: Door,
  instances: Instances,
  reseal: Reseal,
  log: Log,
): { stop(): Promise<void> } {
  let beat: Promise<void> | undefined;
  async function work(): Promise<void> {
    try {
      await instances.beat();
      await keys.catchUp();
      await keys.countSeals();
      await reseal.resume();
    } catch (error) {
      log.error(describeError(error), "a beat failed, and is tried again");
    }
  }
  const next = () => {
    beat ??= work().finally(() => (beat = undefined));
  };
  const timer = setInterval(next, BEAT_EVERY_MS).unref();
  next();
  return {
    async stop() {
      clearInterval(timer);
      await beat;
    },
  };
}
