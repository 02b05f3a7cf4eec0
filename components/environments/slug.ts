import { isSlug, SLUG_RULE } from "../../lib/name";

const MAX_LENGTH = 40;

/** A slug made of a name: "Production (EU)" gives `production-eu`. Empty where nothing in it can be used. */
export function slugOf(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, MAX_LENGTH)
    .replace(/-+$/, "");
}

/** What is wrong with a slug while it is being typed, in words; nothing when it is fine or still empty. */
export function slugTrouble(slug: string): string | undefined {
  if (slug === "" || isSlug(slug)) return undefined;
  if (/[A-Z]/.test(slug)) return "A slug has no capital letters.";
  if (/^[0-9-]/.test(slug)) return "A slug starts with a letter.";
  const strange = /[^a-z0-9-]/u.exec(slug)?.[0];
  if (strange === " ") return "A slug has no blanks. Use a hyphen.";
  if (strange === "_") return "A slug has no underscores. Use a hyphen.";
  if (strange) return `A slug can't have “${strange}” in it.`;
  if (slug.length > MAX_LENGTH)
    return `Too long by ${String(slug.length - MAX_LENGTH)}: a slug has at most ${String(MAX_LENGTH)} characters.`;
  return `A slug is ${SLUG_RULE}.`;
}
