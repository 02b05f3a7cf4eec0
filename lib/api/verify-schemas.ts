import { z } from "zod";
import type { AuditCheckpoint, AuditVerification } from "../shapes";

/** A checkpoint has a line for each journal that nobody is linked to: a few. */
const MAX_CHECKPOINT_LENGTH = 262_144;

export const verifyBody = z
  .strictObject({
    checkpoint: z
      .string()
      .max(MAX_CHECKPOINT_LENGTH)
      .optional()
      .meta({ description: "A checkpoint of this vault that was kept elsewhere" }),
  })
  .optional();

export const auditVerification: z.ZodType<AuditVerification> = z.object({
  state: z.enum(["running", "done", "failed"]),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  total: z.int(),
  checked: z.int(),
  journals: z.int(),
  unchained: z
    .int()
    .meta({ description: "Events from before the chain, which are held against a digest of all" }),
  chainedSince: z.string().nullable().meta({
    description:
      "When the chain began, if there are such. Where Coffer was not upgraded then, somebody took the chain away before",
  }),
  beforeReset: z.int().meta({
    description:
      "Events from before the keys were reset: their MACs can't be checked any more, and they are held against a digest from then",
  }),
  resetAt: z.string().nullable().meta({ description: "When the keys were reset, if they were" }),
  checkpoint: z
    .string()
    .nullable()
    .meta({ description: "Of when the checkpoint is that it is held against" }),
  findings: z.int().meta({ description: "0: the record is as Coffer wrote it" }),
  items: z
    .array(
      z.object({
        kind: z.enum(["changed", "moved", "missing", "cut", "added"]),
        journal: z.string(),
        seq: z.number(),
        at: z.string().nullable(),
        message: z.string(),
      }),
    )
    .meta({ description: "The first 100 of them, in the order of the record" }),
});

export const lastVerification = z.object({ verification: auditVerification.nullable() });

export const auditCheckpoint: z.ZodType<AuditCheckpoint> = z.object({
  text: z.string().meta({ description: "The checkpoint: keep it elsewhere, as it is" }),
  publicKey: z
    .string()
    .meta({ description: "Ed25519, base64url: with it anybody can check the signature" }),
});
