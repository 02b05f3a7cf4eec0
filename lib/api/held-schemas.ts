import { z } from "zod";
import { serviceInfo, sought } from "./schemas";

/** All are decided about in one transaction, which others wait for. */
const ids = z.array(sought(100)).max(1_000).default([]);

export const heldServices = z.object({ items: z.array(serviceInfo) });

export const releaseServices = z.strictObject({
  enable: ids.meta({ description: "Ids of services whose live tokens are to work again" }),
  leaveOff: ids.meta({ description: "Ids of services that stay disabled, and are held no more" }),
});

export const released = z.object({
  left: z.int().meta({ description: "How many services are still held" }),
});
