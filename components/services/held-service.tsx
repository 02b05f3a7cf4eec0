import Link from "next/link";
import type { ServiceInfo, TokenInfo } from "../../lib/shapes";
import { Ago } from "../ui/clock";
import { Checkbox } from "../ui/field";
import { EverySecret } from "./service-state";
import { demandsInWords, rulesInWords } from "./words";

interface HeldServiceProps {
  service: ServiceInfo;
  isChosen: boolean;
  onChoose: (isChosen: boolean) => void;
}

/** A service that is held: what it may do, from where, and by which tokens. */
export function HeldService({ service, isChosen, onChoose }: HeldServiceProps) {
  const { id, name, environment, rules, allowedCidrs, tokens } = service;
  const live = tokens.filter(({ state }) => state === "live");
  const demands = demandsInWords(service);
  return (
    <li className="flex flex-col gap-1 border-t px-3 py-2.5 first:border-t-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Checkbox
          label={<span className="font-strong break-all">{name}</span>}
          checked={isChosen}
          onChange={(event) => onChoose(event.target.checked)}
        />
        <span className="text-muted">in {environment}</span>
        <EverySecret service={service} />
        <Link
          href={`/e/${environment}/services/${id}`}
          prefetch={false}
          className="ml-auto underline"
          aria-label={`Open ${name}`}
        >
          Open
        </Link>
      </div>
      <div className="flex flex-col gap-1 pl-6">
        <p className="break-words">{rulesInWords(rules)}</p>
        <p className="text-muted">
          {allowedCidrs.length === 0 ? "From any address." : `From ${allowedCidrs.join(", ")}.`}{" "}
          {demands}
        </p>
        {live.length === 0 ? (
          <p className="text-muted">No live token.</p>
        ) : (
          <ul aria-label={`Live tokens of ${name}`} className="flex flex-col">
            {live.map((token) => (
              <LiveToken key={token.id} token={token} />
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}

function LiveToken({ token }: { token: TokenInfo }) {
  const { hint, createdAt, createdBy, expiresAt, lastUsedAt, lastAddress } = token;
  return (
    <li className="text-small text-muted">
      <span className="mono text-ink">{hint}…</span> made <Ago at={createdAt} /> by {createdBy},{" "}
      {expiresAt ? (
        <>
          expires <Ago at={expiresAt} />
        </>
      ) : (
        "never expires"
      )}
      ,{" "}
      {lastUsedAt ? (
        <>
          last used <Ago at={lastUsedAt} />
          {lastAddress ? ` from ${lastAddress}` : ""}
        </>
      ) : (
        "not used yet"
      )}
    </li>
  );
}
