const EVERY_SECONDS = process.stdout.isTTY ? 1 : 30;

/** Seconds since `startMs`, for people: `0.4 s`, `183 s`. */
export function elapsed(startMs) {
  const seconds = (Date.now() - startMs) / 1000;
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}

/**
 * Does `work` and says so: what and why at the start, the time it takes meanwhile, and the outcome.
 * @template T
 * @param {string} title
 * @param {string} note
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withProgress(title, note, work) {
  const startMs = Date.now();
  const rewrite = process.stdout.isTTY ? "\r\u001b[K" : "";
  const end = process.stdout.isTTY ? "" : "\n";
  console.log(`${title}: ${note}`);
  const timer = setInterval(() => {
    process.stdout.write(
      `${rewrite}${title} … ${Math.round((Date.now() - startMs) / 1000)} s${end}`,
    );
  }, EVERY_SECONDS * 1000);
  try {
    const result = await work();
    console.log(`${rewrite}${title}: done in ${elapsed(startMs)}`);
    return result;
  } catch (error) {
    console.log(`${rewrite}${title}: failed after ${elapsed(startMs)}`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}
