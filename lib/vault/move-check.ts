import { OPERATOR } from "../access/caller";
import { openSnapshot, type Snapshot } from "../store/backup-rows";
import type { MoveWatch } from "./move";
import type { Vault } from "./vault";

/** What was found where a vault has arrived. */
export interface MoveFindings {
  /** Values that were opened, and how many of them don't open. */
  values: number;
  unopened: number;
  /** Rows that access is decided by, and how many are not as Coffer wrote them. */
  rows: number;
  tampered: number;
  /** Events of the audit record, and in how many places it is not as Coffer wrote it. */
  events: number;
  findings: number;
  /** The journal that goes on there. */
  journal: string;
}

/** Looks at everything with what `coffer keys check`, the integrity check and `coffer audit verify` look with. */
export async function examine(vault: Vault, from: string, watch: MoveWatch): Promise<MoveFindings> {
  const { signal } = watch;
  const at = (step: "opening" | "verifying") => (done: number, total: number) =>
    watch.progress(step, done, total);
  const values = await vault.keys.checkAll(OPERATOR, { signal, progress: at("opening") });
  const { journal, report } = await vault.moves.arrive(OPERATOR, from);
  const stop = () => vault.audit.stopVerifying();
  signal.addEventListener("abort", stop, { once: true });
  await vault.audit.verify(OPERATOR, undefined, at("verifying"));
  await vault.audit.settled();
  signal.removeEventListener("abort", stop);
  const record = await vault.audit.verified(OPERATOR);
  if (values.state !== "done" || record?.state !== "done") throw new Error("a check did not end");
  return {
    ...{ values: values.checked, unopened: values.unopened },
    ...{ rows: report.checked, tampered: report.tampered },
    ...{ events: record.checked, findings: record.findings, journal },
  };
}

/** What nobody may have changed meanwhile: the Revision, and where each journal ends but this process's own. */
export async function stateOf(snapshot: Snapshot, ownJournal: string): Promise<string> {
  const heads = snapshot.heads.filter(([journal]) => journal !== ownJournal);
  const revision: unknown[] = [];
  for (const table of snapshot.tables.filter((each) => each.table === "Revision")) {
    for await (const page of snapshot.rows(table)) revision.push(...page);
  }
  return JSON.stringify({ heads, revision });
}

/** The same, read anew. */
export async function presentState(databaseUrl: string, ownJournal: string): Promise<string> {
  const snapshot = await openSnapshot(databaseUrl, {});
  return stateOf(snapshot, ownJournal).finally(() => snapshot.close());
}
