import { z } from "zod";
import { isCidr } from "../address";
import { SOUGHT, SOUGHT_ACTION } from "../bounds";
import type { RecordChart, RecordEvent, RecordPage } from "../shapes";
import { environmentSlug, limit, sought, time } from "./schemas";

/** What goes in and out of reading the audit record. */

const NO_BLOCK = "an address, or a block such as 10.0.0.0/8 or 2001:db8::/32";

const filters = {
  actor: sought(SOUGHT.actor).optional().meta({
    description: "Who did it: an id, an e-mail or a service's name, in any case",
  }),
  action: z
    .string()
    .regex(SOUGHT_ACTION, "an action such as secrets.rotate, or secrets for all of those")
    .optional()
    .meta({ description: "An action such as `secrets.rotate`, or `secrets` for all of those" }),
  secret: z
    .string()
    .regex(/^(\$ENV\/)?[A-Za-z_][A-Za-z0-9_]{0,127}$/, "a secret's name")
    .optional()
    .meta({
      description: "A secret's name, in any case: what read it, tried to, or was done to it",
    }),
  service: sought(SOUGHT.service).optional().meta({
    description:
      "A service, by its id or any name that it has had, also once it is deleted: what it did, and what was done to it",
  }),
  outcome: z.enum(["ok", "denied", "failed"]).optional(),
  address: sought(SOUGHT.address)
    .refine((text) => !text.includes("/") || isCidr(text), NO_BLOCK)
    .optional()
    .meta({
      description: "An address, or all of a block such as `10.0.0.0/8` or `2001:db8::/32`",
    }),
  environment: environmentSlug.optional().meta({ description: "Any unless given" }),
  requestId: sought(SOUGHT.requestId)
    .optional()
    .meta({ description: "As in `X-Request-Id` and in problems" }),
  from: time.optional().meta({ description: "From this time on" }),
  to: time.optional().meta({ description: "Before this time" }),
};

const flag = z.enum(["true", "false"]).transform((text) => text === "true");

export const recordQuery = z.strictObject({
  ...filters,
  cursor: sought(4_000).optional().meta({
    description: "`nextCursor` of an answer to the same filters: goes on to what is older",
  }),
  newer: sought(4_000).optional().meta({
    description:
      "`newerCursor` of an answer to the same filters: what was written since, each event once",
  }),
  limit,
  chart: flag.optional().meta({ description: "`true`: count what there is over the time, too" }),
});

export const recordExportQuery = z.strictObject({
  ...filters,
  format: z.enum(["jsonl", "csv"]).default("jsonl"),
});

const recordEvent: z.ZodType<RecordEvent> = z
  .object({
    journal: z.string(),
    seq: z.int(),
    at: z.string(),
    actor: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
    action: z.string(),
    environment: z.string(),
    target: z.string(),
    names: z.array(z.object({ name: z.string(), version: z.int() })),
    moreNames: z.int().optional().meta({
      description:
        "How many names more it has, where `names` has only the first 200, of an event of an older version; an export has all",
    }),
    outcome: z.string(),
    code: z.string(),
    address: z.string(),
    userAgent: z.string(),
    requestId: z.string(),
    tokenId: z.string().nullable(),
    incident: z.string().nullable(),
    repeats: z
      .int()
      .nullable()
      .meta({ description: "How many denials alike it stands for; null: for itself" }),
    mac: z.string().nullable().meta({ description: "What binds it to the event before it" }),
  })
  .meta({ id: "RecordEvent" });

const recordChart: z.ZodType<RecordChart> = z
  .object({
    from: z.string(),
    to: z.string(),
    stepMs: z.int(),
    steps: z.array(
      z.object({
        at: z.string(),
        reads: z.int(),
        denied: z.int(),
        failed: z.int(),
        other: z.int(),
      }),
    ),
    countedFrom: z.string(),
  })
  .meta({ id: "RecordChart" });

export const recordPage: z.ZodType<RecordPage> = z
  .object({
    items: z.array(recordEvent),
    nextCursor: z.string().nullable(),
    lookedBackTo: z.string().nullable(),
    newerCursor: z.string().nullable(),
    chart: recordChart.nullable(),
  })
  .meta({ id: "RecordPage" });
