import type { Caller } from "../access/caller";
import { readRules } from "../access/rules";
import { demand, type Door } from "./door";
import type { WhoAmI } from "./vault";

/** Who the caller is, and what a service may do. */
export function whoami(door: Door, caller: Caller): Promise<WhoAmI> {
  return door.read<WhoAmI>(caller, { action: "whoami" }, async () => {
    demand(caller, "whoami");
    if (caller.kind === "service") {
      const token = await door.store.db.serviceToken.findUniqueOrThrow({
        where: { id: caller.tokenId },
      });
      const answer: WhoAmI = {
        kind: "service",
        service: {
          id: caller.id,
          name: caller.name,
          environment: caller.environment.slug,
          rules: readRules(caller.rulesText),
        },
        token: {
          id: token.id,
          hint: token.hint,
          expiresAt: token.expiresAt?.toISOString() ?? null,
        },
      };
      return { answer, environment: caller.environment.slug };
    }
    if (caller.kind !== "user") throw new TypeError("Only users and services are somebody.");
    const { id, email, name, role } = caller;
    return { answer: { kind: "user", user: { id, email, name, role } } };
  });
}
