import { z } from "zod";
import type { BackupStatus } from "../shapes";
import { text } from "./schemas";

export const takeBackup = z.strictObject({
  passphrase: text(1_024).meta({
    description:
      "At least 12 characters. The file can't be restored without it, nor without TYK_AI_SECRET_KEY",
  }),
});

export const backupStatus: z.ZodType<BackupStatus> = z.object({
  last: z
    .object({ takenAt: z.string(), takenBy: z.string(), rows: z.int(), bytes: z.int() })
    .nullable()
    .meta({ description: "The last one that was taken to its end, here or at the terminal" }),
  underWay: z
    .object({
      startedAt: z.string(),
      by: z.string(),
      done: z.int(),
      total: z.int().nullable(),
    })
    .nullable()
    .meta({ description: "How many rows of how many are in the one that is being taken" }),
  fingerprint: z
    .string()
    .meta({ description: "Of the TYK_AI_SECRET_KEY that opens what is in a backup taken now" }),
});
