import { ATTENTIONS, type Attention } from "../../lib/attention";
import { isName } from "../../lib/name";
import type { SecretQuery } from "./use-secret-list";

type Search = Record<string, string | string[] | undefined>;

/** What the list's address asks for. */
export function queryOf(search: Search): SecretQuery {
  const isTrash = one(search["state"]) === "trashed";
  return {
    search: one(search["search"]),
    tag: one(search["tag"]),
    attention: isTrash ? "" : attentionIn(one(search["attention"])),
    state: isTrash ? "trashed" : "active",
  };
}

function attentionIn(text: string): Attention | "" {
  return ATTENTIONS.find((each) => each === text) ?? "";
}

/** The list's address for a query. Nothing in the trash asks for attention. */
export function listUrl(environment: string, query: Partial<SecretQuery>): string {
  const search = new URLSearchParams();
  if (query.search) search.set("search", query.search);
  if (query.tag) search.set("tag", query.tag);
  if (query.state === "trashed") search.set("state", "trashed");
  else if (query.attention) search.set("attention", query.attention);
  const text = search.toString();
  return `/e/${environment}/secrets${text ? `?${text}` : ""}`;
}

/** The list's address that opens the sheet for a new secret of that name. */
export function newSecretUrl(environment: string, name: string): string {
  return `/e/${environment}/secrets?${new URLSearchParams({ new: name }).toString()}`;
}

/** The name that an address of `newSecretUrl` has; nothing for any other text. */
export function newNameOf(search: Search): string {
  const name = one(search["new"]);
  return isName(name) ? name : "";
}

/** A secret's page. */
export function secretUrl(environment: string, name: string): string {
  return `/e/${environment}/secrets/${encodeURIComponent(name)}`;
}

function one(value: string | string[] | undefined): string {
  return typeof value === "string" ? value : "";
}
