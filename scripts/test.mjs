/**
 * `npm test`: sets up, then runs every check and test; `npm test -- lint|unit|api|postgresql|e2e` runs a part, and
 * `postgresql-all` or `e2e-postgresql` on PostgreSQL what runs on SQLite otherwise. The last line is `N passed, N failed`,
 * and above it stands each test that failed. A phase that fails does not keep the later ones from running.
 */
import { setUp } from "./setup.mjs";
import { followNpm } from "./setup/follow.mjs";
import { elapsed } from "./setup/progress.mjs";
import { root } from "./setup/root.mjs";
import { interruptible, SetupError } from "./setup/run.mjs";
import { sentence, sum } from "./test/counts.mjs";
import { paragraph } from "./test/failures.mjs";
import { PHASES } from "./test/phases.mjs";

const FAILED = { passed: 0, failed: 1, skipped: 0 };
const complain = (error) => console.error(error instanceof SetupError ? error.message : error);

const part = process.argv[2];
const phases = PHASES.filter((phase) =>
  part === undefined ? !phase.onDemand : phase.part === part,
);
if (phases.length === 0) {
  const parts = [...new Set(PHASES.map((phase) => phase.part))];
  console.error(`There is no part "${part}". Parts: ${parts.join(", ")}.`);
  process.exit(2);
}

/** Runs one phase and says how it went. */
async function run(phase) {
  const startMs = Date.now();
  console.log(`\n── ${phase.title}`);
  const counts = await phase.run().catch((error) => {
    complain(error);
    return FAILED;
  });
  console.log(
    `${counts.failed > 0 ? "✗" : "✓"} ${phase.title}: ${sentence(counts)} (${elapsed(startMs)})`,
  );
  return counts;
}

async function runAll() {
  try {
    await setUp([...new Set(phases.flatMap((phase) => phase.needs))]);
  } catch (error) {
    complain(error);
    return FAILED;
  }
  const counts = [];
  for (const phase of phases) counts.push(await interruptible(() => run(phase)));
  const failures = counts.flatMap((count) => count.failures ?? []);
  if (failures.length > 0) console.log(`\n── Failed\n${failures.map(paragraph).join("\n")}`);
  return sum(counts);
}

process.chdir(root);
followNpm();
const total = await runAll();
console.log(`\n${sentence(total)}`);
process.exitCode = total.failed > 0 ? 1 : 0;
