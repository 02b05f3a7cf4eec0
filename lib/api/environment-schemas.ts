import { z } from "zod";
import { isSlug, SLUG_RULE } from "../name";
import type { EnvironmentSummary } from "../shapes";

/** What goes in and out of the routes of environments. */

const name = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u, "1 to 64 characters, none of them invisible")
  .meta({ description: "What people call it" });

const isProtected = z.boolean().meta({ description: "Whether only admins write there" });

export const createEnvironment = z.strictObject({
  slug: z
    .string()
    .refine(isSlug, SLUG_RULE)
    .meta({ description: `${SLUG_RULE}. For good: it is in addresses and configs` }),
  name,
  protected: isProtected.optional(),
});

export const updateEnvironment = z.strictObject({
  name: name.optional(),
  protected: isProtected.optional(),
});

/** A slug that can't be one is not found, and needs no error of its own. */
export const slugPath = z.strictObject({ slug: z.string().max(100) });

export const environmentSummary: z.ZodType<EnvironmentSummary> = z
  .object({
    slug: z.string(),
    name: z.string(),
    protected: z.boolean(),
    secrets: z.int().meta({ description: "Not counting the trash" }),
    trashed: z.int(),
    services: z.int(),
  })
  .meta({ id: "Environment" });

export const environmentList: z.ZodType<{ items: EnvironmentSummary[] }> = z.object({
  items: z.array(environmentSummary),
});
