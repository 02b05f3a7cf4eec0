import "./setup/node-version.mjs";
import { client } from "./setup/client.mjs";
import { dependencies } from "./setup/dependencies.mjs";
import { withLock } from "./setup/lock.mjs";
import { withProgress } from "./setup/progress.mjs";
import { interruptible, SetupError } from "./setup/run.mjs";
import { server } from "./setup/server.mjs";
import { webConsole } from "./setup/console.mjs";

/** What it takes to work on the sources: packages and the database client. */
export const FOR_SOURCES = [dependencies, client];

/** What it takes to run the `coffer` command. */
export const FOR_COMMANDS = [...FOR_SOURCES, server];

/** What it takes to run Coffer. */
export const FOR_RUNNING = [...FOR_SOURCES, webConsole, server];

/**
 * Makes what is missing or out of date of `steps`, in order. Says nothing and takes no lock when all is as
 * it should be, so it also works where the folder can't be written.
 * @throws SetupError
 */
export async function setUp(steps) {
  if (steps.every((step) => step.isCurrent())) return;
  await interruptible(() =>
    withLock(async () => {
      for (const step of steps) {
        if (!step.isCurrent()) await withProgress(step.title, step.note, () => step.make());
      }
    }),
  );
}

/** As `setUp`, for commands that can't go on without it: prints what is wrong and exits 1. */
export async function setUpOrExit(steps) {
  try {
    await setUp(steps);
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error);
    process.exit(1);
  }
}
