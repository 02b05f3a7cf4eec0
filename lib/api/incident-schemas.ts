import { z } from "zod";
import type { IncidentInfo, IncidentStory, Page, ReadersReport } from "../shapes";
import { environmentSlug, limit, secretName, sought, text, time } from "./schemas";

/** What goes in and out of the routes for the day when a value has leaked. */

const since = time.meta({ description: "From when on the value may have been in wrong hands" });
const entry = text(4_000).meta({
  description: "Kept for good: never a value. One with a token in it is refused.",
});

export const readersQuery = z.strictObject({
  environment: environmentSlug.optional(),
  since,
  incident: sought(100)
    .optional()
    .meta({ description: "The incident in whose story it is to be on record" }),
});

export const incidentQuery = z.strictObject({
  environment: environmentSlug.optional(),
  secret: sought(300).optional(),
  state: z.enum(["open", "closed", "all"]).optional(),
  cursor: sought(300).optional(),
  limit,
});

export const openIncident = z.strictObject({
  environment: environmentSlug.optional(),
  secret: secretName,
  since,
  text: entry.optional(),
});

export const writeEntry = z.strictObject({ text: entry });
export const closeIncident = z.strictObject({ text: entry.optional() });

export const incidentServicePath = z.strictObject({ id: sought(100), serviceId: sought(100) });

export const endedTokens = z.object({ ended: z.int() });

const incident = {
  id: z.string(),
  environment: z.string(),
  secret: z.string(),
  since: z.string(),
  openedAt: z.string(),
  openedBy: z.string(),
  closedAt: z.string().nullable(),
  closedBy: z.string().nullable(),
};

export const incidentInfo: z.ZodType<IncidentInfo> = z.object(incident).meta({ id: "Incident" });

export const incidentPage: z.ZodType<Page<IncidentInfo>> = z.object({
  items: z.array(incidentInfo),
  nextCursor: z.string().nullable(),
});

export const incidentStory: z.ZodType<IncidentStory> = z
  .object({
    ...incident,
    events: z.array(
      z.object({
        at: z.string(),
        by: z.string(),
        address: z.string(),
        action: z.string(),
        target: z.string(),
        versions: z.array(z.int()),
        outcome: z.enum(["ok", "denied", "failed"]),
        code: z.string(),
        text: z.string().nullable(),
        isTextLost: z.boolean(),
      }),
    ),
    more: z.boolean(),
  })
  .meta({ id: "IncidentStory" });

const span = { count: z.int(), firstAt: z.string(), lastAt: z.string() };

export const readersReport: z.ZodType<ReadersReport> = z
  .object({
    name: z.string(),
    environment: z.string(),
    since: z.string(),
    until: z.string(),
    looked: z.int(),
    readers: z.array(
      z.object({
        service: z.object({ id: z.string(), name: z.string() }),
        state: z.enum(["active", "disabled", "deleted"]),
        mayRead: z.boolean(),
        mayReadOlder: z.boolean(),
        liveTokens: z.int(),
        reads: z.object(span).nullable(),
        unchanged: z.int(),
        versions: z.array(z.int()),
        addresses: z.array(z.object({ ...span, address: z.string() })),
        tokens: z.array(
          z.object({ ...span, id: z.string(), hint: z.string().nullable(), live: z.boolean() }),
        ),
        lastCountedAt: z.string().nullable(),
      }),
    ),
    refusals: z.array(
      z.object({
        ...span,
        by: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
        address: z.string(),
        action: z.string(),
        code: z.string(),
      }),
    ),
  })
  .meta({ id: "Readers" });
