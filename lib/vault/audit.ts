import type { Checkpoint, Checkpoints } from "../audit/checkpoint";
import { Findings } from "../audit/findings";
import { openHeads, type Head } from "../audit/link";
import type { ExportedRecord } from "../store/exported-record";
import { demand, type Door } from "./door";
import { eventsIn } from "./exported-events";
import type { RecordChecker } from "./record-check";
import type { Retention } from "./retention";
import type { Audit } from "./vault";

/** What a file of events is called on the record: its own name could say anything. */
const EXPORTED = "an exported record";

/** What is done with the audit record as a whole. */
export function auditFunctions(
  door: Door,
  {
    checker,
    checkpoints,
    retention,
  }: { checker: RecordChecker; checkpoints: Checkpoints; retention: Retention },
): Audit {
  /** Reads a checkpoint, and says of one that this key has not signed whether the record has an event that it names. */
  async function readCheckpoint(text: string): Promise<Checkpoint> {
    const { record } = door.store.direct;
    const heads: Head[] = [];
    try {
      return checkpoints.read(text, (head) => {
        heads.push(head);
        return false;
      });
    } catch (error) {
      for (const [journal, seq, mac] of heads) {
        if ((await record.mac(journal, seq)) === mac) return checkpoints.read(text, () => true);
      }
      throw error;
    }
  }
  return {
    verify: (caller, checkpoint, progress = () => undefined) =>
      door.read(caller, { action: "audit.verify" }, async () => {
        demand(caller, "audit.verify");
        const known = checkpoint === undefined ? null : await readCheckpoint(checkpoint);
        const answer = await checker.begin(caller, { checkpoint: known, progress });
        return { answer, code: "started" };
      }),

    verifyExported: (caller, text, checkpoint, progress = () => undefined) =>
      door.read(caller, { action: "audit.verify", target: EXPORTED }, async () => {
        demand(caller, "audit.verify");
        const known = checkpoint === undefined ? null : await readCheckpoint(checkpoint);
        const findings = new Findings();
        const record = await loaded(await checker.openExported(), text, findings);
        const exported = { record, target: EXPORTED, findings };
        const answer = await checker.begin(caller, { checkpoint: known, progress, exported });
        return { answer, code: "started" };
      }),

    verified: (caller) =>
      door.read(caller, { action: "audit.verify" }, () => {
        demand(caller, "audit.verify");
        return Promise.resolve({ answer: checker.latest, code: "progress" });
      }),

    checkpoint: async (caller) => {
      await door.read(caller, { action: "audit.checkpoint" }, () => {
        demand(caller, "audit.checkpoint");
        return Promise.resolve({ answer: undefined });
      });
      // On record by now: the checkpoint covers that event, too.
      const heads = openHeads(await door.lookUp(() => door.store.direct.readHeads()));
      return { text: checkpoints.sign(door.now(), heads), publicKey: checkpoints.publicKey };
    },

    settled: () => checker.settled(),
    stopVerifying: () => checker.abort(),
    prune: (caller) => retention.prune(caller),
  };
}

async function loaded(
  record: ExportedRecord,
  text: AsyncIterable<string>,
  findings: Findings,
): Promise<ExportedRecord> {
  try {
    for await (const events of eventsIn(text, findings)) record.add(events);
    return record;
  } catch (error) {
    record.close();
    throw error;
  }
}
