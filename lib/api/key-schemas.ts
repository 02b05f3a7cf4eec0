import { z } from "zod";
import type { KeyCheck, KeyringInfo } from "../shapes";

const fingerprint = z
  .string()
  .meta({ description: "Names a master key in public: `0123-4567-89ab-cdef`" });

export const wrapPath = z.strictObject({ fingerprint: z.string().max(100) });

export const keyringInfo: z.ZodType<KeyringInfo> = z.object({
  fingerprint,
  previous: z.string().nullable().meta({
    description:
      "The fingerprint of the master key that the answering process was started with as the previous one",
  }),
  kdf: z.string(),
  createdAt: z.string(),
  newestKeyId: z.int(),
  dataKeys: z
    .array(
      z.object({
        id: z.int(),
        createdAt: z.string(),
        createdBy: z.string().nullable(),
        values: z.int(),
      }),
    )
    .meta({ description: "The newest first; each with how many values are sealed under it" }),
  unopened: z.int().meta({ description: "Values that none of these keys opens" }),
  lost: z.int().meta({ description: "Values that were lost with a keyring of before" }),
  seals: z
    .object({ used: z.int(), limit: z.int() })
    .meta({ description: "How many values the newest may have sealed, and how many it may seal" }),
  wraps: z
    .array(
      z.object({
        fingerprint,
        isCurrent: z.boolean(),
        isComplete: z.boolean(),
        instances: z.int(),
      }),
    )
    .meta({
      description: "The master keys that open it: more than one while a rekey is under way",
    }),
  instances: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(["server", "command"]),
      fingerprint,
      startedAt: z.string(),
      seenAt: z.string(),
      isThis: z.boolean(),
    }),
  ),
  reseal: z.object({
    state: z.enum(["idle", "running", "waiting"]),
    total: z.int(),
    done: z.int(),
    unreadable: z.int(),
    problem: z.string().nullable(),
  }),
});

export const keyCheck: z.ZodType<KeyCheck> = z.object({
  state: z.enum(["running", "done", "failed"]),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  total: z.int(),
  checked: z.int(),
  unopened: z.int(),
  lost: z
    .int()
    .meta({ description: "Values that were lost with a key of before, and are none of those" }),
  items: z
    .array(
      z.object({
        name: z.string(),
        environment: z.string(),
        version: z.int(),
        keyId: z.int().nullable(),
        reason: z.enum(["unknown_format", "malformed", "unknown_key", "not_authentic"]),
      }),
    )
    .meta({ description: "The first 500 values that don't open" }),
});

export const lastKeyCheck = z.object({ check: keyCheck.nullable() });
