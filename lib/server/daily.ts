import { OPERATOR } from "../access/caller";
import { describeError, type Log } from "../log";
import type { Vault } from "../vault/vault";

/** Asked for far more often than it is done: it is done soon once it is time, also after the machine slept. */
const ASK_EVERY_MS = 10 * 60 * 1000;

/**
 * Has the trash swept, the audit record pruned and ended sessions deleted, now and once a day from now on. Returns what ends it. A sweep that
 * fails is tried again.
 */
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
  async function prune(): Promise<void> {
    try {
      const pruned = await vault.audit.prune(OPERATOR);
      if (pruned > 0) log.info({ pruned }, "the audit record was pruned");
    } catch (error) {
      log.error(
        describeError(error),
        "the audit record could not be pruned to its end; the next run is a day later",
      );
    }
  }
  async function forget(): Promise<void> {
    try {
      const deleted = await vault.account.pruneSessions(OPERATOR);
      if (deleted > 0) log.info({ deleted }, "sessions that ended long ago were deleted");
    } catch (error) {
      log.error(
        describeError(error),
        "sessions that ended long ago could not be deleted; it is tried again in ten minutes",
      );
    }
  }
  const all = () => void sweep().then(prune).then(forget);
  all();
  const timer = setInterval(all, ASK_EVERY_MS).unref();
  return () => {
    clearInterval(timer);
  };
}
