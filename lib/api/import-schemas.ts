import { z } from "zod";
import { MAX_ENTRIES, TEXT_FORMATS } from "../vault/import-request";
import type { ImportEntry, ImportReport } from "../shapes";
import { describe, environmentSlug } from "./schemas";

/** What goes in and out of an import. */

const text = z
  .string()
  .meta({ description: "The .env, JSON map or YAML map, as it is. Up to 16 MiB of UTF-8" });

const file = z
  .base64("the bytes of the file as base64")
  .transform((base64) => Buffer.from(base64, "base64"));

const source = z
  .union([
    z.strictObject({
      format: z
        .enum(TEXT_FORMATS)
        .optional()
        .meta({ description: "Unless given, what the text looks like" }),
      text,
    }),
    z.strictObject({
      format: z.literal("tyk"),
      file: file.meta({
        description:
          "Base64 of Tyk AI Studio's SQLite file, or of a CSV or JSON dump of its `secrets` table. Up to 16 MiB",
      }),
      key: z.string().min(1).max(4_096).meta({ description: "Its TYK_AI_SECRET_KEY. Not kept" }),
    }),
  ])
  .meta({ id: "ImportSource" });

const choice = z.strictObject({
  entry: z.int().min(0).max(MAX_ENTRIES).meta({ description: "Its number in the preview" }),
  as: z.enum(["add", "rotate"]),
  version: z
    .int()
    .min(1)
    .optional()
    .meta({ description: "To rotate: refuse the import unless this is the current version" }),
  name: z.string().max(128).optional().meta({
    description: "To add an entry that can't be taken under its own name: its `suggestion`",
  }),
});

const { description: _, ...describeAll } = describe;

export const importSecrets = z.strictObject({
  environment: environmentSlug.optional(),
  source,
  preview: z
    .boolean()
    .default(false)
    .meta({ description: "Say what would be done and do nothing" }),
  choose: z
    .array(choice)
    .max(MAX_ENTRIES)
    .optional()
    .meta({ description: "Exactly these entries; unless given, all that can be taken" }),
  existing: z.enum(["leave", "rotate"]).optional().meta({
    description: "Without `choose`: what becomes of secrets that exist; `leave` unless given",
  }),
  invalid: z.enum(["refuse", "skip"]).optional().meta({
    description:
      "Without `choose`: what becomes of the import if an entry can't be taken; `refuse` unless given",
  }),
  ...describeAll,
});

export const importEntry: z.ZodType<ImportEntry> = z
  .object({
    entry: z.int(),
    name: z.string(),
    place: z.string(),
    description: z.string(),
    bytes: z.int().nullable(),
    state: z.enum(["add", "exists", "trashed", "left_out", "invalid", "added", "rotated"]),
    version: z.int().nullable(),
    reason: z.string().nullable(),
    suggestion: z.string().nullable(),
    duplicate: z.boolean(),
  })
  .meta({ id: "ImportEntry" });

export const importReport: z.ZodType<ImportReport> = z
  .object({
    environment: z.string(),
    format: z.enum([...TEXT_FORMATS, "tyk"]),
    done: z.boolean(),
    entries: z.array(importEntry),
    notes: z.array(z.string()),
  })
  .meta({ id: "ImportReport" });

export const importProgress = z.object({
  progress: z
    .object({
      step: z.enum(["read", "seal", "write"]),
      done: z.int().meta({ description: "Rows of Tyk opened, secrets sealed, or secrets written" }),
      of: z.int().nullable().meta({ description: "Null while that is not known" }),
    })
    .nullable(),
});

export const exportQuery = z.strictObject({
  environment: environmentSlug.optional(),
  format: z.enum(["json", "csv"]).default("json"),
});
