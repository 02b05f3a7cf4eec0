import { z } from "zod";
import type { CheckReport } from "../shapes";
import { environmentSlug, pattern, sought } from "./schemas";

/** What resolve, render and check take and answer. */

const onMissing = z
  .enum(["fail", "keep", "empty"])
  .default("fail")
  .meta({ description: "What becomes of a reference to a name that does not exist" });
const only = z.array(pattern).max(200).meta({
  description: "Patterns of the names that may be used: every other reference is denied",
});
const paths = z.array(sought(1_000)).max(200).meta({
  description: "Globs of JSON pointers: what stands elsewhere is not looked into",
});
const ifChangedFrom = sought(200).meta({
  description: "The tag of an earlier answer: while it still holds, no value is sent again",
});

export const resolveBody = z.strictObject({
  config: z
    .unknown()
    .meta({ description: "Any JSON. Its strings may hold references; keys are left alone." }),
  onMissing,
  only: only.optional(),
  paths: paths.optional(),
  ifChangedFrom: ifChangedFrom.optional(),
});

export const resolved = z.union([
  z.object({
    config: z.unknown(),
    references: z.array(
      z.object({
        reference: z.string(),
        name: z.string(),
        version: z.int().nullable(),
        paths: z.array(z.string()).meta({ description: "JSON pointers into `config`" }),
      }),
    ),
    tag: z.string(),
  }),
  z.object({ unchanged: z.literal(true) }),
]);

/** A parameter that may stand several times; `split` if one may also hold several, with commas. */
function several<S extends z.ZodType>(schema: S, { split }: { split: boolean }) {
  return z.preprocess((given) => {
    const list = typeof given === "string" ? [given] : given;
    if (!split || !Array.isArray(list)) return list;
    return (list as unknown[]).flatMap((item) =>
      typeof item === "string" ? item.split(",") : item,
    );
  }, schema);
}

const documentQuery = {
  onMissing,
  only: several(only, { split: true }).optional(),
  paths: several(paths, { split: false }).optional(),
};

const encoding = z.literal("none").optional().meta({
  description: "For text/plain, where values are put in as they are: must be given to render it",
});

export const renderQuery = z.strictObject({
  ...documentQuery,
  ifChangedFrom: ifChangedFrom.optional(),
  encoding,
});

export const checkQuery = z.strictObject({
  ...documentQuery,
  onMissing: onMissing.unwrap().optional(),
  service: sought(100).optional().meta({
    description: "Whose rules count, by id. People choose; a service is its own",
  }),
  fail: z.enum(["never", "errors", "warnings"]).default("never").meta({
    description: "Answer 422 where a reference fails, or where there is a warning too",
  }),
});

export const watchQuery = z.strictObject({
  ...documentQuery,
  reference: several(z.array(sought(1_000)).min(1).max(100), { split: false }).meta({
    description: "A reference as it stands in a config: `$SECRET/NAME`. May stand up to 100 times",
  }),
});

export const watchDocumentQuery = z.strictObject({
  ...documentQuery,
  onMissing: onMissing.unwrap().optional(),
});

export const checkBody = z.strictObject({
  config: resolveBody.shape.config,
  onMissing: onMissing.unwrap().optional(),
  only: only.optional(),
  paths: paths.optional(),
});

export const checkReport: z.ZodType<CheckReport> = z
  .object({
    ok: z.boolean(),
    references: z.array(
      z.object({
        reference: z.string(),
        name: z.string().nullable(),
        status: z.string().meta({ description: "`ok`, or the reason why it fails" }),
        message: z.string().nullable(),
        paths: z.array(z.string()).meta({ description: "JSON pointers, or `line:column`" }),
      }),
    ),
    warnings: z.array(z.object({ text: z.string(), message: z.string(), path: z.string() })),
  })
  .meta({ id: "CheckReport" });

export const checkableQuery = z.strictObject({ environment: environmentSlug.optional() });

export const checkableList = z.object({
  items: z.array(z.object({ id: z.string(), name: z.string() })),
});
