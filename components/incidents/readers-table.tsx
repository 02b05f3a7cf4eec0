import type { ReaderInfo, Span } from "../../lib/shapes";
import { ServiceLink } from "../services/service-link";
import { count, many } from "../ui/amount";
import { Chip } from "../ui/chip";
import { Ago } from "../ui/clock";
import { exactTime } from "../ui/time";

const SHOWN = 5;

/** Which services read a secret, or may: when, from where, by which token, which versions. */
export function ReadersTable({
  environment,
  readers,
}: {
  environment: string;
  readers: readonly ReaderInfo[];
}) {
  return (
    <div
      className="relative overflow-x-auto rounded-md border"
      tabIndex={0}
      role="group"
      aria-label="Readers"
    >
      <table className="w-full text-left">
        <caption className="sr-only">Services that read it, or may</caption>
        <thead className="bg-sunken text-small text-muted">
          <tr className="h-8 *:px-3 *:font-normal *:whitespace-nowrap">
            <th scope="col">Service</th>
            <th scope="col">Last read</th>
            <th scope="col">First read</th>
            <th scope="col">Reads</th>
            <th scope="col">From</th>
            <th scope="col">Token</th>
          </tr>
        </thead>
        <tbody>
          {readers.map((reader) => (
            <tr key={reader.service.id} className="border-t align-top *:px-3 *:py-2">
              <td className="min-w-44">
                <ServiceCell environment={environment} reader={reader} />
              </td>
              {reader.reads ? (
                <ReadCells reader={reader} reads={reader.reads} />
              ) : (
                <td colSpan={5} className="text-muted">
                  {reader.lastCountedAt ? (
                    <>
                      Read it, last <Ago at={reader.lastCountedAt} />, by the count of uses; the
                      record has no more of it.
                    </>
                  ) : (
                    "No read since."
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ServiceCell({ environment, reader }: { environment: string; reader: ReaderInfo }) {
  const { service, state, mayRead, mayReadOlder, liveTokens } = reader;
  const can =
    state !== "active"
      ? state
      : mayReadOlder
        ? "may read it, older versions too"
        : mayRead
          ? "may read it"
          : "may not read it any more";
  return (
    <>
      <p className="font-strong break-words">
        {state === "deleted" ? (
          service.name || "A service"
        ) : (
          <ServiceLink environment={environment} service={service} />
        )}
      </p>
      <p className="text-small text-muted">{can}</p>
      <p className="text-small text-muted">{many(liveTokens, "live token")}</p>
    </>
  );
}

function ReadCells({ reader, reads }: { reader: ReaderInfo; reads: Span }) {
  const { versions, unchanged, addresses, tokens } = reader;
  const more = addresses.length - SHOWN;
  return (
    <>
      <td>
        <When at={reads.lastAt} />
      </td>
      <td>
        <When at={reads.firstAt} />
      </td>
      <td>
        <p>{count(reads.count)}</p>
        <p className="text-small whitespace-nowrap text-muted">
          {versions.map((version) => `v${String(version)}`).join(", ")}
        </p>
        {unchanged > 0 ? (
          <p className="text-small whitespace-nowrap text-muted">{count(unchanged)} unchanged</p>
        ) : null}
      </td>
      <td>
        <ul>
          {addresses.slice(0, SHOWN).map((from) => (
            <li key={from.address} className="whitespace-nowrap">
              <span className="mono">{from.address}</span>{" "}
              <span className="text-small text-muted">
                {count(from.count)}×, last <Ago at={from.lastAt} />
              </span>
            </li>
          ))}
          {more > 0 ? <li className="text-small text-muted">and {count(more)} more</li> : null}
        </ul>
      </td>
      <td>
        {tokens.length === 0 ? <span className="text-muted">not known</span> : null}
        <ul>
          {tokens.map((token) => (
            <li key={token.id} className="flex items-center gap-2 whitespace-nowrap">
              <span className="mono">{token.hint === null ? "deleted" : `${token.hint}…`}</span>
              <span className="text-small text-muted">{count(token.count)}×</span>
              {token.hint !== null && !token.live ? <Chip>ended</Chip> : null}
            </li>
          ))}
        </ul>
      </td>
    </>
  );
}

function When({ at }: { at: string }) {
  return (
    <>
      <p>
        <Ago at={at} />
      </p>
      <p aria-hidden className="text-small whitespace-nowrap text-muted">
        {exactTime(at)}
      </p>
    </>
  );
}
