import { setTimeout as wait } from "node:timers/promises";
import { CofferError } from "../errors";
import type { Watch } from "./vault";

const LOOK_EVERY_MS = 500;

/**
 * Waits for the end of `work`, and meanwhile looks now and then how far it is. `work` goes on if this throws.
 * @throws CofferError `unavailable` once it is told to stop waiting
 */
export async function watched(
  work: Promise<unknown>,
  { signal }: Watch,
  look: () => unknown,
): Promise<void> {
  const is = { atWork: true };
  const end = work.finally(() => (is.atWork = false));
  while (is.atWork) {
    await look();
    await Promise.race([end, wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined)]);
    if (signal.aborted) throw interrupted();
  }
  await look();
}

function interrupted(): CofferError {
  return new CofferError(
    "unavailable",
    "Interrupted. What was done stays done, and nothing is lost: type the command again to go on.",
  );
}
