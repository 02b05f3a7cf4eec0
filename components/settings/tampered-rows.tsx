import Link from "next/link";
import type { TamperedRow } from "../../lib/shapes";
import { secretUrl } from "../secrets/list-url";

interface Words {
  noun: string;
  /** What the row's state means, and what to do. */
  todo: string;
  /** Where to do it. */
  at?: (row: TamperedRow) => string;
}

const WORDS: Record<TamperedRow["kind"], Words> = {
  environment: {
    noun: "Environment",
    todo: "Nothing in it is read or changed, and its tokens are refused. Restore the database from a backup; one that is empty can be deleted and made anew.",
    at: () => "/environments",
  },
  secret: {
    noun: "Secret",
    todo: "It does not resolve and can't be rotated. Purge it and make it anew with a new value, or restore a backup.",
    at: (row) => secretUrl(String(row.environment), row.name),
  },
  service: {
    noun: "Service",
    todo: "All its tokens are refused. Delete it and make it anew, or restore a backup.",
    at: (row) => `/e/${String(row.environment)}/services/${row.id}`,
  },
  token: {
    noun: "Token of",
    todo: "It is refused. Revoke it on its service's page, which deletes it, and make a new one.",
    at: (row) => `/e/${String(row.environment)}/services`,
  },
  user: {
    noun: "Person",
    todo: "They are signed out and can't sign in. Remove them and invite them again.",
    at: () => "/people",
  },
  link: {
    noun: "One-time link of",
    todo: "It lets nobody in. Make a new link for this person; the old one then goes.",
    at: () => "/people",
  },
  identity: {
    noun: "Provider's account of",
    todo: "It lets nobody in. Remove the person and invite them again, or restore a backup.",
    at: () => "/people",
  },
  keyring: {
    noun: "The list of keys:",
    todo: "The next start is refused, and no data key is made. Restore the database from a backup.",
  },
  policy: {
    noun: "What is decided for everybody:",
    todo: "A second factor is required of everybody until an admin decides anew, under People.",
    at: () => "/people",
  },
};

/** The rows that are not as Coffer wrote them, each with what to do. */
export function TamperedRows({ rows }: { rows: readonly TamperedRow[] }) {
  return (
    <ul aria-label="Changed rows" className="divide-y rounded-md border">
      {rows.map((row) => (
        <Row key={`${row.kind} ${row.id}`} row={row} />
      ))}
    </ul>
  );
}

function Row({ row }: { row: TamperedRow }) {
  const { noun, todo, at } = WORDS[row.kind];
  const name = row.name === "" ? "(no name)" : row.name;
  return (
    <li className="px-3 py-2.5">
      <p className="break-words">
        <span className="text-muted">{noun}</span>{" "}
        {at ? (
          <Link
            href={at(row)}
            prefetch={false}
            className="mono break-all font-strong hover:underline"
          >
            {name}
          </Link>
        ) : (
          <span className="mono break-all">{name}</span>
        )}
        {row.environment !== null && row.kind !== "environment" ? (
          <span className="text-muted"> in {row.environment}</span>
        ) : null}
      </p>
      <p className="text-muted">{todo}</p>
    </li>
  );
}
