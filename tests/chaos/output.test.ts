import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { temporaryHome } from "../support/coffer";
import { eventually } from "../support/eventually";
import { startProcess } from "../support/process";
import { processorSeconds } from "../support/processor-time";

/** Has the process print something by whichever way, when it gets SIGUSR2. */
const PRINT = `process.on("SIGUSR2", () => {
  console.log("said");
  console.error("said");
  process.emitWarning("said");
});`;

test("what is printed and nobody reads is lost, and Coffer goes on: it does not end, nor print that for ever", async () => {
  const home = temporaryHome();
  const preload = join(home, "print.cjs");
  writeFileSync(preload, PRINT);
  const coffer = await startProcess({ home, env: { NODE_OPTIONS: `--require=${preload}` } });
  onTestFinished(async () => {
    await coffer.end("SIGKILL");
  });
  const answers = async () => (await fetch(`${coffer.url}/health/ready`)).status;
  process.kill(coffer.pid, "SIGUSR2");
  await eventually(() => expect(coffer.output().split("said").length).toBeGreaterThan(3));
  coffer.deafen();
  for (let times = 0; times < 5; times++) {
    process.kill(coffer.pid, "SIGUSR2");
    await wait(100);
  }
  expect(await answers()).toBe(200);
  // A loop would take all that it gets; a Coffer that nobody asks takes next to nothing, on however slow a machine.
  const before = processorSeconds(coffer.pid);
  await wait(3_000);
  if (Number.isFinite(before)) expect(processorSeconds(coffer.pid) - before).toBeLessThan(0.3);
  expect(await answers()).toBe(200);
});
