import { OPERATOR } from "../access/caller";
import { describeError, type Log } from "../log";
import type { Vault } from "../vault/vault";

/** Asked for far more often than it is done: it is done soon once it is time, also after the machine slept. */
const ASK_EVERY_MS = 10 * 60 * 1000;

/** Has the trash swept now and once a day from now on. Returns what ends it. A sweep that fails is tried again. */
export function sweepDaily(vault: Vault, log: Log): () => void {
  async function sweep(): Promise<void> {
    try {
      const purged = await vault.secrets.sweepTrash(OPERATOR);
      if (purged > 0) log.info({ purged }, "the trash was swept");
    } catch (error) {
      log.error(
        describeError(error),
        "the trash could not be swept; it is tried again in ten minutes",
      );
    }
  }
  void sweep();
  const timer = setInterval(() => void sweep(), ASK_EVERY_MS).unref();
  return () => {
    clearInterval(timer);
  };
}
