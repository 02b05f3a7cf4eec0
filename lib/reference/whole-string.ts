import { isName } from "../name";
import { isWord, MOST, MOST_READ, runEnd } from "./characters";
import { type Malformed, malformed, type Reference, reference } from "./segments";

/** R10: `$ENV/NAME` or `$ENV://NAME[/member]`, from `at` to the end; null if neither opens there. */
export function readEnv(text: string, at: number): Reference | Malformed | null {
  if (text.startsWith("$ENV/", at)) return readName(text, at, "$ENV/", "env-path");
  const uri = text.slice(at, at + "$ENV://".length).toUpperCase() === "$ENV://";
  return uri ? readName(text, at, "$ENV://", "env-uri") : null;
}

function readName(
  text: string,
  at: number,
  opener: string,
  syntax: "env-path" | "env-uri",
): Reference | Malformed {
  const start = at + opener.length;
  const end = runEnd(text, start, isWord, MOST_READ);
  const name = text.slice(start, end);
  const raw = text.slice(at);
  const canonical = opener + name;
  if (!isName(name)) return malformed("name", raw, canonical);
  if (end === text.length) return reference("env", syntax, name, raw, canonical);
  if (syntax === "env-path" || text[end] !== "/") return malformed("trailing", raw, canonical);
  const member = text.slice(end + 1, end + 1 + MOST_READ);
  if (member === "") return reference("env", syntax, name, raw, canonical);
  if (member.length > MOST) return malformed("env_member", raw, canonical);
  const parts = { member, version: undefined, fallback: undefined };
  return reference("env", syntax, name, raw, `${canonical}/${member}`, parts);
}

const MANAGER = "$secret://";
const MANAGER_MOST = 1024;

/** R11: `$secret://manager/id/key`, from `at` to the end; null if it does not open there. */
export function readManager(text: string, at: number): Reference | Malformed | null {
  if (!text.startsWith(MANAGER, at)) return null;
  const raw = text.slice(at);
  const name = raw.slice(MANAGER.length);
  if (name.length > MANAGER_MOST) return malformed("manager", raw, MANAGER);
  const parts = name.split("/");
  const bad = parts.findIndex((part) => !isPart(part));
  if (bad >= 0) return malformed("manager", raw, MANAGER + parts.slice(0, bad).join("/"));
  if (parts.length < 3) return malformed("manager", raw, raw);
  return reference("manager", "manager-uri", name, raw, raw);
}

/** A part that no server can normalise into another place. */
function isPart(part: string): boolean {
  return part !== "" && part !== "." && part !== ".." && !/[\u0000-\u001f\u007f\\]/.test(part);
}
