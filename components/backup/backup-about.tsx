import type { BackupStatus } from "../../lib/shapes";
import { many, size } from "../ui/amount";
import { Ago } from "../ui/clock";
import { Notice } from "../ui/notice";
import { Section } from "../ui/page-header";

/** When the vault was last backed up. */
export function LastBackup({ last }: Pick<BackupStatus, "last">) {
  if (last === null) {
    return (
      <Notice tone="soon" title="This vault has never been backed up">
        <p>If its disk is lost, every secret is.</p>
      </Notice>
    );
  }
  return (
    <p className="rounded-md border px-3 py-2.5">
      Last backed up <Ago at={last.takenAt} /> by{" "}
      {last.takenBy === "operator" ? "the operator at the terminal" : last.takenBy}.{" "}
      <span className="text-muted">
        {many(last.rows, "row")}, {size(last.bytes)}.
      </span>
    </p>
  );
}

/** What a backup holds, and what it takes to restore one. */
export function BackupAbout({ fingerprint }: Pick<BackupStatus, "fingerprint">) {
  return (
    <Section title="What it takes to restore one">
      <ol className="flex list-decimal flex-col gap-1 pl-5">
        <li>the file,</li>
        <li>its passphrase,</li>
        <li>
          the <code className="mono">TYK_AI_SECRET_KEY</code> of this vault, whose fingerprint is{" "}
          <span className="mono whitespace-nowrap">{fingerprint}</span>.
        </li>
      </ol>
      <p className="mt-3 max-w-[72ch]">
        <strong className="font-strong">Keep the key apart from the file.</strong> The file holds
        values as they are sealed: file and passphrase open none, and without the key nobody ever
        can.
      </p>
      <p className="mt-3 max-w-[72ch] text-muted">
        It holds all secrets with their versions, services, tokens (as hashes), people, environments
        and the audit record. It does not hold sessions, unused links or{" "}
        <code className="mono">.env</code>. Restoring is done at the terminal, into an empty
        database: <code className="mono whitespace-nowrap">npx coffer restore FILE</code>. For every
        night there is <code className="mono whitespace-nowrap">npx coffer backup FILE</code>.
      </p>
    </Section>
  );
}
