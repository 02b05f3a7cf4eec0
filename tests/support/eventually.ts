import { vi } from "vitest";

/** Less than a test has in all (vitest.config.ts), so that it is told what was waited for. */
const PATIENCE = { timeout: 100_000, interval: 20 };

/** Repeats `check` until it no longer throws, and returns what it returns. A busy machine only takes longer. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, PATIENCE);
