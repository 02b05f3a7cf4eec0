import { z } from "zod";
import type { SinkInfo } from "../shapes";

const sink: z.ZodType<SinkInfo> = z.object({
  kind: z.enum(["stream", "webhook"]),
  to: z.string().meta({ description: "Standard output, a file's path, or a webhook's origin" }),
  state: z.enum(["up_to_date", "behind", "failing"]),
  waiting: z.int().meta({ description: "How many events have not been delivered" }),
  deliveredAt: z.string().nullable(),
  failingSince: z.string().nullable(),
  problem: z.string().nullable().meta({ description: "Why it fails, in words" }),
});

export const sinkList = z.object({ items: z.array(sink) });
