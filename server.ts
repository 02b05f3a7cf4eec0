import { join } from "node:path";
import { OPERATOR } from "./lib/access/caller";
import { buildApi } from "./lib/api/app";
import { prepareProcess, readSettings, type Settings } from "./lib/config";
import { isCofferError } from "./lib/errors";
import { describeError, openLog, type Log } from "./lib/log";
import { ConfigError } from "./lib/setting";
import { announce } from "./lib/server/announce";
import { openConsoleFront, type ConsoleFront } from "./lib/server/console";
import { sweepDaily } from "./lib/server/daily";
import { withoutConsole } from "./lib/server/no-console";
import { goOnUnheard } from "./lib/server/output";
import { serve } from "./lib/server/serve";
import { drain } from "./lib/server/stop";
import { openVault } from "./lib/vault/open-vault";
import { threadedBackups } from "./lib/vault/threaded-backups";
import { searchInThread } from "./lib/vault/threaded-record";
import { verifyInThread } from "./lib/vault/record-verifier";
import { threadedDocuments } from "./lib/vault/threaded-documents";

// The one process: Fastify for the API, Next for the console, on one port; either alone where COFFER_ROLE says so.

const VAULT_SLOT = Symbol.for("coffer.vault");

process.umask(0o077); // what Coffer writes is its owner's only
goOnUnheard();
await main();

async function main(): Promise<void> {
  try {
    const settings = readSettings({ root: join(import.meta.dirname, "..") });
    await start(settings, openLog(settings.config.logLevel));
  } catch (error) {
    const message =
      error instanceof ConfigError || isCofferError(error)
        ? error.message
        : `Something went wrong that should not: ${JSON.stringify(describeError(error))}`;
    process.stderr.write(`Coffer did not start. ${message}\n`);
    process.exit(1);
  }
}

async function start(settings: Settings, log: Log): Promise<void> {
  const { config, masterKey, previousMasterKey, admin, providerSecrets } = settings;
  const { variables, sinks } = settings;
  prepareProcess(config);
  const { vault, madeKey } = await openVault({
    ...{ config, masterKey, previousMasterKey, providerSecrets, variables, sinks, log },
    documents: threadedDocuments(join(config.root, "dist/documents.js")),
    backups: threadedBackups(join(config.root, "dist/backup.js")),
    writer: join(config.root, "dist/writer.js"),
    searcher: (databaseUrl) =>
      searchInThread(join(config.root, "dist/record.js"), databaseUrl, log),
    lines: join(config.root, "dist/lines.js"),
    verifier: verifyInThread(join(config.root, "dist/verify.js")),
  });
  // Next bundles its own copy of lib/, so the console finds the one vault here.
  Object.defineProperty(globalThis, VAULT_SLOT, { value: vault });

  const madeAdmin = admin && (await vault.people.makeFirstAdmin(OPERATOR, admin));
  const needsSetup = await vault.people.needsSetup();
  const hasConsole = config.instanceRole !== "api";
  // A new link ends the one before it, so only who can take it makes one.
  const setupLink = hasConsole ? await vault.people.makeSetupLink(OPERATOR) : null;
  const front = hasConsole ? await openConsoleFront(config, vault) : withoutConsole(config);
  const api = buildApi({ vault, config, log, serverFactory: (api) => serve(api, front, log) });
  await listen(api, config);
  const endSweeps = sweepDaily(vault, log);
  const finish = async () => {
    const watches = vault.resolver.endWatches(); // who watches would else be in flight until the deadline
    const finished = await drain(api.server);
    await watches;
    return finished;
  };
  stopOnSignal(finish, front, log, async () => {
    endSweeps();
    await vault.close();
  });
  const firstAdmin = admin && madeAdmin ? admin.email : null;
  process.stdout.write(announce({ config, madeKey, setupLink, firstAdmin, needsSetup }));
}

async function listen(
  api: { listen(options: { host: string; port: number }): Promise<string> },
  { host, port }: Settings["config"],
): Promise<void> {
  try {
    await api.listen({ host, port });
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const why = code === "EADDRINUSE" ? "something else listens there" : code;
    throw new ConfigError(
      `HOST=${host} and PORT=${String(port)} can't be listened on: ${why}. Set PORT to another number.`,
      { cause },
    );
  }
}

/** npm passes on the signal that the terminal has sent already: the same wish, not a second one. */
const SAME_SIGNAL_MS = 1_000;

/** Finishes what is in flight, then closes the record and the database. A second signal does not wait. */
function stopOnSignal(
  finish: () => Promise<boolean>,
  front: ConsoleFront,
  log: Log,
  close: () => Promise<void>,
): void {
  let since: number | undefined;
  async function stop(): Promise<void> {
    if (since !== undefined) {
      if (Date.now() - since > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    since = Date.now();
    const finished = await finish();
    if (!finished) log.warn({}, "requests that did not finish in time were cut off");
    await front.close();
    await close();
    process.exit(0);
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      stop().catch((error: unknown) => {
        log.error(describeError(error), "the stop failed");
        process.exit(1);
      });
    });
  }
}
