"use client";

import { Button, ButtonLink } from "../ui/button";
import { Empty } from "../ui/page-header";
import { ATTENTION_WORDS } from "./attention-words";
import { listUrl } from "./list-url";
import type { SecretQuery } from "./use-secret-list";

interface ListEmptyProps {
  environment: string;
  query: SecretQuery;
  canImport: boolean;
  onNew: (() => void) | undefined;
}

/** Why there is nothing in the list, and the way on. */
export function ListEmpty({ environment, query, canImport, onNew }: ListEmptyProps) {
  const { search, tag, attention, state } = query;
  if (search || tag) {
    const what = [
      ...(search ? [`“${search}”`] : []),
      ...(tag ? [`the tag ${tag}`] : []),
      ...(attention ? [`“${ATTENTION_WORDS[attention].filter}”`] : []),
    ];
    return (
      <Empty
        title={`Nothing ${state === "trashed" ? "in the trash" : "here"} matches ${what.join(" and ")}`}
        actions={<ButtonLink href={listUrl(environment, { state })}>Show all</ButtonLink>}
      >
        Search looks in names, descriptions and tags.
      </Empty>
    );
  }
  if (attention) {
    return (
      <Empty
        title={ATTENTION_WORDS[attention].none}
        actions={<ButtonLink href={listUrl(environment, {})}>Show all</ButtonLink>}
      />
    );
  }
  if (state === "trashed") {
    return (
      <Empty title="The trash is empty">
        A secret that is moved here can be restored until it is purged.
      </Empty>
    );
  }
  return (
    <Empty
      title={`No secrets in ${environment} yet`}
      actions={
        <>
          {onNew ? (
            <Button tone="primary" onClick={onNew}>
              Create the first secret
            </Button>
          ) : null}
          {canImport ? (
            <>
              <ButtonLink href={`/e/${environment}/import`}>Import a .env</ButtonLink>
              <ButtonLink href={`/e/${environment}/import?from=tyk`}>
                Import from Tyk AI Studio
              </ButtonLink>
            </>
          ) : null}
        </>
      }
    >
      A secret&apos;s value goes in once and is not shown again. Configs refer to it by name, and
      services get the value when they run.
    </Empty>
  );
}
