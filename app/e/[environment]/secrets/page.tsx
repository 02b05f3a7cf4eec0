import type { Metadata } from "next";
import { listUrl, newNameOf, newSecretUrl, queryOf } from "../../../../components/secrets/list-url";
import { permissionsOf } from "../../../../components/secrets/permissions";
import { SecretList } from "../../../../components/secrets/secret-list";
import { environmentOf, found, openConsole } from "../../../console";

interface SecretsProps {
  params: Promise<{ environment: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ params, searchParams }: SecretsProps): Promise<Metadata> {
  const { environment } = await params;
  const { state } = queryOf(await searchParams);
  return { title: `${state === "trashed" ? "Trash" : "Secrets"} · ${environment}` };
}

export default async function Secrets({ params, searchParams }: SecretsProps) {
  const slug = (await params).environment;
  const search = await searchParams;
  const query = queryOf(search);
  const newName = newNameOf(search);
  const path = newName ? newSecretUrl(slug, newName) : listUrl(slug, query);
  const { vault, caller } = await openConsole(path);
  const environment = await environmentOf(caller, slug);
  const first = await found(
    vault.secrets.list(caller, {
      environment: slug,
      search: query.search || undefined,
      tag: query.tag || undefined,
      attention: query.attention || undefined,
      state: query.state,
      limit: 100,
    }),
  );
  const counts = await vault.secrets.attention(caller, slug);
  const tags = await vault.secrets.tags(caller, slug, query.state);
  return (
    <SecretList
      environment={environment}
      first={first}
      counts={counts}
      tags={tags}
      query={query}
      newName={newName}
      can={permissionsOf(caller, environment)}
    />
  );
}
