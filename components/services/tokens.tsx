"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ServiceInfo, TokenInfo } from "../../lib/shapes";
import { Button } from "../ui/button";
import { Ago } from "../ui/clock";
import { Confirm } from "../ui/confirm";
import { Section } from "../ui/page-header";
import { TableHead } from "../ui/table-head";
import { useToaster } from "../ui/toasts";
import { NewToken } from "./new-token";
import { revokeToken } from "./service-calls";
import { TokenState } from "./service-state";

/** A service's tokens, newest first: which work, until when, and when each was last used. */
export function Tokens({ service }: { service: ServiceInfo }) {
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<TokenInfo | null>(null);
  return (
    <Section
      title="Tokens"
      about="Several can live at once, so a new one can be put in place before the old one is revoked."
      actions={
        <Button icon={<Plus aria-hidden size={16} />} onClick={() => setMaking(true)}>
          New token
        </Button>
      }
    >
      {service.tokens.length === 0 ? (
        <p className="rounded-md border px-3 py-3 text-muted">
          No tokens yet. The service needs one to get anything.
        </p>
      ) : (
        <TokenTable tokens={service.tokens} onRevoke={setRevoking} />
      )}
      {making ? <NewToken service={service} onClose={() => setMaking(false)} /> : null}
      {revoking ? (
        <Revoke service={service} token={revoking} onClose={() => setRevoking(null)} />
      ) : null}
    </Section>
  );
}

interface TokenTableProps {
  tokens: readonly TokenInfo[];
  onRevoke: (token: TokenInfo) => void;
}

function TokenTable({ tokens, onRevoke }: TokenTableProps) {
  return (
    <div role="table" aria-label="Tokens" className="@container rounded-md border">
      <TableHead
        columns="token-columns"
        names={["Token", "Created", "Expires", "Last used", "State"]}
        hasActions
      />
      <div role="rowgroup">
        {tokens.map((token) => (
          <TokenRow key={token.id} token={token} onRevoke={onRevoke} />
        ))}
      </div>
    </div>
  );
}

interface TokenRowProps {
  token: TokenInfo;
  onRevoke: (token: TokenInfo) => void;
}

function TokenRow({ token, onRevoke }: TokenRowProps) {
  const created = (
    <>
      <Ago at={token.createdAt} /> by {token.createdBy}
    </>
  );
  const expires = token.expiresAt ? <Ago at={token.expiresAt} /> : "never";
  const used = (
    <>
      {token.lastUsedAt ? <Ago at={token.lastUsedAt} /> : "not yet"}
      {token.lastAddress ? ` from ${token.lastAddress}` : ""}
    </>
  );
  return (
    <div role="row" className="columns token-columns min-h-11 row-line py-1.5 @[720px]:py-0">
      <div role="cell" className="min-w-0">
        <p className="flex items-center gap-3">
          <span className="mono">{token.hint}…</span>
          <span className="@[720px]:hidden">
            <TokenState state={token.state} />
          </span>
        </p>
        <p className="text-small text-muted @[720px]:hidden">created {created}</p>
        <p className="text-small text-muted @[720px]:hidden">
          expires {expires} · used {used}
        </p>
      </div>
      <div role="cell" className="hidden truncate text-muted @[720px]:block">
        {created}
      </div>
      <div role="cell" className="hidden text-muted @[720px]:block">
        {expires}
      </div>
      <div role="cell" className="hidden truncate text-muted @[720px]:block">
        {used}
      </div>
      <div role="cell" className="hidden @[720px]:flex">
        <TokenState state={token.state} />
      </div>
      <div role="cell" className="justify-self-end">
        {token.state === "live" ? <RevokeButton token={token} onRevoke={onRevoke} /> : null}
      </div>
    </div>
  );
}

function RevokeButton({ token, onRevoke }: TokenRowProps) {
  return (
    <Button tone="quiet" aria-label={`Revoke ${token.hint}`} onClick={() => onRevoke(token)}>
      Revoke
    </Button>
  );
}

interface RevokeProps {
  service: ServiceInfo;
  token: TokenInfo;
  onClose: () => void;
}

function Revoke({ service, token, onClose }: RevokeProps) {
  const router = useRouter();
  const toaster = useToaster();
  return (
    <Confirm
      title={
        <>
          Revoke <span className="mono">{token.hint}…</span>?
        </>
      }
      action="Revoke"
      busyAction="Revoking…"
      onClose={onClose}
      onConfirm={async () => {
        await revokeToken(service.id, token.id);
        toaster.done(`Revoked ${token.hint}…`);
        router.refresh();
      }}
    >
      <p>
        Requests with it are refused (401) from the next one on. This can&apos;t be undone; to
        rotate without a gap, put a new token in place first.
      </p>
      <p className="text-muted">
        {token.lastUsedAt ? (
          <>
            {service.name} last used it <Ago at={token.lastUsedAt} />
            {token.lastAddress ? ` from ${token.lastAddress}` : ""}.
          </>
        ) : (
          `${service.name} has not used it yet.`
        )}
      </p>
    </Confirm>
  );
}
