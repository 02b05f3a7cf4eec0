import { isName, NAME_RULE } from "../../lib/name";

/** What is wrong with a name while it is being typed, in words; nothing when it is fine or still empty. */
export function nameTrouble(name: string): string | undefined {
  if (name === "" || isName(name)) return undefined;
  if (/^[0-9]/.test(name)) return "A name can't start with a digit.";
  const strange = /[^A-Za-z0-9_]/u.exec(name)?.[0];
  if (strange === " ") return "A name has no blanks. Use an underscore.";
  if (strange === "-") return "A name has no hyphens. Use an underscore.";
  if (strange) return `A name can't have “${strange}” in it.`;
  if (name.length > 128)
    return `Too long by ${String(name.length - 128)}: a name has at most 128 characters.`;
  return `A name is ${NAME_RULE}.`;
}
