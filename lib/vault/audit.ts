import type { Checkpoints } from "../audit/checkpoint";
import { openHeads, type Head } from "../audit/link";
import { demand, type Door } from "./door";
import type { RecordChecker } from "./record-check";
import type { Audit } from "./vault";

/** What is done with the audit record as a whole. */
export function auditFunctions(
  door: Door,
  { checker, checkpoints }: { checker: RecordChecker; checkpoints: Checkpoints },
): Audit {
  const isOurs = ([journal, seq, mac]: Head): boolean =>
    door.store.direct.record.mac(journal, seq) === mac;
  return {
    verify: (caller, checkpoint, progress = () => undefined) =>
      door.read(caller, { action: "audit.verify" }, async () => {
        demand(caller, "audit.verify");
        const known = checkpoint === undefined ? null : checkpoints.read(checkpoint, isOurs);
        return { answer: await checker.begin(caller, known, progress), code: "started" };
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
      const heads = await door.lookUp(() => openHeads(door.store.direct.record));
      return { text: checkpoints.sign(door.now(), heads), publicKey: checkpoints.publicKey };
    },

    settled: () => checker.settled(),
    stopVerifying: () => checker.abort(),
  };
}
