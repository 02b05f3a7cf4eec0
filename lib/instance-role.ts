/**
 * Which half of Coffer an instance serves: `api` the services, by their tokens; `console` people, in the browser; `all` both.
 * A role narrows what an instance answers and grants nothing: who may do what is the vault's to decide, on each alike.
 */
export type InstanceRole = (typeof INSTANCE_ROLES)[number];
export const INSTANCE_ROLES = ["all", "api", "console"] as const;
