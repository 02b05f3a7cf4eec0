import { readdirSync } from "node:fs";
import { sep } from "node:path";

/** The address of every page of the console, from the folder: `/e/[environment]/secrets`. */
export const everyPage: readonly string[] = readdirSync("app", {
  recursive: true,
  encoding: "utf8",
})
  .map((file) => file.split(sep))
  .filter((parts) => parts.at(-1) === "page.tsx")
  .map((parts) => `/${parts.filter((part) => !/^\(|^page\.tsx$/.test(part)).join("/")}`)
  .sort();

/** The address with what stands for the parts in brackets. */
export function addressOf(page: string, parts: Readonly<Record<string, string>>): string {
  return page.replaceAll(/\[(\w+)\]/g, (_, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`Say in this test what [${name}] stands for.`);
    return part;
  });
}
