import Link from "next/link";
import type { SecretInfo } from "../../lib/shapes";
import { Chip } from "../ui/chip";
import { many } from "../ui/amount";
import { Ago } from "../ui/clock";
import { Facts } from "../ui/page-header";
import { listUrl } from "./list-url";
import { EditButton } from "./secret-actions";

/** What is said about a secret, and what is known of it. */
export function SecretAbout({ secret, canEdit }: { secret: SecretInfo; canEdit: boolean }) {
  return (
    <div className="rounded-md border">
      <div className="flex items-start justify-between gap-3 border-b px-4 py-3">
        <div className="flex min-w-0 flex-col gap-2">
          {secret.description ? (
            <p className="break-words whitespace-pre-line">{secret.description}</p>
          ) : (
            <p className="text-muted">No description.</p>
          )}
          {secret.tags.length > 0 ? (
            <ul aria-label="Tags" className="flex flex-wrap gap-1">
              {secret.tags.map((tag) => (
                <li key={tag} className="max-w-full">
                  <Link
                    href={listUrl(secret.environment, { tag })}
                    prefetch={false}
                    className="flex hover:bg-hover"
                  >
                    <Chip>{tag}</Chip>
                  </Link>
                </li>
              ))}
            </ul>
          ) : null}
        </div>
        {canEdit ? <EditButton secret={secret} /> : null}
      </div>
      <div className="px-4 py-3">
        <Facts facts={factsOf(secret)} />
      </div>
    </div>
  );
}

function factsOf(secret: SecretInfo) {
  const facts = [
    { label: "Version", value: <span className="mono">v{secret.version}</span> },
    { label: "Created", value: <When at={secret.createdAt} by={secret.createdBy} /> },
    { label: "Rotated", value: <When at={secret.rotatedAt} by={secret.rotatedBy} /> },
    {
      label: "Last used",
      value: secret.lastUsedAt ? (
        <Ago at={secret.lastUsedAt} />
      ) : (
        <span className="text-muted">no reads in the last 90 days</span>
      ),
    },
  ];
  if (secret.expiresAt) facts.push({ label: "Expiry", value: <Ago at={secret.expiresAt} /> });
  if (secret.rotateEveryDays) {
    facts.push({ label: "Rotate every", value: <>{many(secret.rotateEveryDays, "day")}</> });
  }
  if (secret.rotateDueAt) {
    facts.push({ label: "Rotation due", value: <Ago at={secret.rotateDueAt} /> });
  }
  return facts;
}

function When({ at, by }: { at: string; by: string }) {
  return (
    <>
      <Ago at={at} /> <span className="text-muted">by {by}</span>
    </>
  );
}
