import { CofferError } from "./errors";

/** The naming rule of secrets, as a sentence for people. */
export const NAME_RULE = "1 to 128 letters, digits and underscores, not starting with a digit";

/** The rule of an environment's slug, as a sentence for people. */
export const SLUG_RULE = "1 to 40 lower-case letters, digits and hyphens, starting with a letter";

/** The environment that a person means who names none. It is there from the start and stays. */
export const DEFAULT_ENVIRONMENT = "default";

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const SLUG = /^[a-z][a-z0-9-]{0,39}$/;

/** Whether `text` is a legal secret name. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

/**
 * Returns `text` if it is a legal secret name.
 * @throws CofferError `invalid_name`
 */
export function requireName(text: string): string {
  if (isName(text)) return text;
  throw new CofferError("invalid_name", `A secret's name is ${NAME_RULE}.`);
}

/**
 * The key by which names are compared: names are unique without regard to case in an environment. ASCII
 * only, so lower-casing has no locale and no length change.
 */
export function nameKeyOf(name: string): string {
  return name.toLowerCase();
}

/** Whether `text` is a legal environment slug, as used in URLs. */
export function isSlug(text: string): boolean {
  return SLUG.test(text);
}
