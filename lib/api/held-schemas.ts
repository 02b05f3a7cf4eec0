import { z } from "zod";
import { RELEASED_AT_ONCE } from "../bounds";
import { serviceInfo, sought } from "./schemas";

const ids = z.array(sought(100)).max(RELEASED_AT_ONCE).default([]);

export const heldServices = z.object({ items: z.array(serviceInfo) });

export const releaseServices = z.strictObject({
  enable: ids.meta({ description: "Ids of services whose live tokens are to work again" }),
  leaveOff: ids.meta({ description: "Ids of services that stay disabled, and are held no more" }),
});

export const released = z.object({
  left: z.int().meta({ description: "How many services are still held" }),
});
