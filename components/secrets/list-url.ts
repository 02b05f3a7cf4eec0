import type { SecretQuery } from "./use-secret-list";

type Search = Record<string, string | string[] | undefined>;

/** What the list's address asks for. */
export function queryOf(search: Search): SecretQuery {
  return {
    search: one(search["search"]),
    tag: one(search["tag"]),
    state: one(search["state"]) === "trashed" ? "trashed" : "active",
  };
}

/** The list's address for a query. */
export function listUrl(environment: string, query: Partial<SecretQuery>): string {
  const search = new URLSearchParams();
  if (query.search) search.set("search", query.search);
  if (query.tag) search.set("tag", query.tag);
  if (query.state === "trashed") search.set("state", "trashed");
  const text = search.toString();
  return `/e/${environment}/secrets${text ? `?${text}` : ""}`;
}

/** A secret's page. */
export function secretUrl(environment: string, name: string): string {
  return `/e/${environment}/secrets/${encodeURIComponent(name)}`;
}

function one(value: string | string[] | undefined): string {
  return typeof value === "string" ? value : "";
}
