import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { buildApi } from "../lib/api/app";
import type { Journal } from "../lib/audit/journal";
import { readSettings } from "../lib/config";
import { openLog } from "../lib/log";
import type { Store } from "../lib/store/store";
import { openVault } from "../lib/vault/open-vault";

/*
 * Coffer's API with a journal that keeps nothing, to measure what the record costs. There is no setting for this: it takes a
 * program that puts a vault together, such as this one.
 */
const { config, masterKey, providerSecrets } = readSettings({ root: process.argv[2] ?? "" });
const log = openLog(config.logLevel);
const { vault } = await openVault({
  ...{ config, masterKey, providerSecrets, log },
  openJournal: (store) => Promise.resolve(keepNothing(store)),
});
const api = buildApi({ vault, config, log });
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
