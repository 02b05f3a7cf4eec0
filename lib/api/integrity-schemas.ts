import { z } from "zod";
import type { IntegrityReport } from "../shapes";

export const integrityReport: z.ZodType<IntegrityReport> = z.object({
  checkedAt: z.string(),
  checked: z.int().meta({ description: "How many rows were read" }),
  tampered: z.int().meta({ description: "How many of them are not as Coffer wrote them" }),
  items: z
    .array(
      z.object({
        kind: z.enum([
          "environment",
          "secret",
          "service",
          "token",
          "user",
          "link",
          "identity",
          "policy",
          "keyring",
        ]),
        id: z.string(),
        name: z.string(),
        environment: z.string().nullable(),
      }),
    )
    .meta({ description: "The first 500 of those" }),
});
