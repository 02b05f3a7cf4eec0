import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { buildApi } from "../lib/api/app";
import type { Journal } from "../lib/audit/journal";
import { readSettings } from "../lib/config";
import { openLog } from "../lib/log";
import { openConsoleFront } from "../lib/server/console";
import { serve } from "../lib/server/serve";
import type { Store } from "../lib/store/store";
import { openVault } from "../lib/vault/open-vault";

/*
 * Coffer with a journal that keeps nothing, to measure what the record costs. There is no setting for this: it takes a
 * program that puts a vault together, such as this one. The console is there, too, as in what it is measured beside: Next costs
 * each request something by being loaded.
 */
const { config, masterKey, providerSecrets } = readSettings({ root: process.argv[2] ?? "" });
const log = openLog(config.logLevel);
const { vault } = await openVault({
  ...{ config, masterKey, providerSecrets, log },
  openJournal: (store) => Promise.resolve(keepNothing(store)),
});
const front = await openConsoleFront(config, vault);
const api = buildApi({ vault, config, log, serverFactory: (api) => serve(api, front, log) });
await api.listen({ host: "127.0.0.1", port: 0 });
process.send?.({ port: (api.server.address() as AddressInfo).port });
process.once("disconnect", () => process.exit(0));

function keepNothing(store: Store): Journal {
  return {
    id: randomUUID(),
    commit: (work) => store.write((tx) => work(tx, () => undefined)),
    record: () => Promise.resolve(),
    isWriting: () => true,
  };
}
