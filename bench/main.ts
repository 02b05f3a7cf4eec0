import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { TEST_ADMIN } from "../tests/support/keys";
import { startProcess } from "../tests/support/process";
import { benchRefusals } from "./refusals";

/*
 * `npm run bench`: what Coffer costs, as ratios measured side by side in one run. No test asserts a time: machines differ,
 * and are busy.
 */
const home = mkdtempSync(join(tmpdir(), "coffer-bench-"));
const coffer = await startProcess({
  home,
  env: {
    ...{ COFFER_ADMIN_EMAIL: TEST_ADMIN.email, COFFER_ADMIN_PASSWORD: TEST_ADMIN.password },
    COFFER_TRUSTED_PROXIES: "127.0.0.1,::1", // so that attempts can come from many addresses
  },
});
try {
  console.log(`Node ${process.version}, ${String(cpus().length)} cores.`);
  await benchRefusals(coffer);
} finally {
  await coffer.end("SIGTERM");
  rmSync(home, { recursive: true, force: true });
}
