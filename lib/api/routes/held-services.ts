import { heldServices, releaseServices, released } from "../held-schemas";
import { route } from "../route";

/** Not below /api/v1/services, where an id stands. */
const HELD = "/api/v1/held-services";

export const heldServiceRoutes = [
  route({
    method: "GET",
    path: HELD,
    summary: "The services that are off until an admin has looked at them, as after a restore",
    action: "services.list",
    answer: heldServices,
    handle: async ({ vault, caller }) => ({ items: await vault.services.held(caller) }),
  }),
  route({
    method: "POST",
    path: HELD,
    summary: "Enable some of them, or leave them off, all at once",
    action: "services.release",
    body: releaseServices,
    answer: released,
    handle: ({ vault, caller, body }) => vault.services.release(caller, body),
  }),
];
