"use client";

import { Button } from "../ui/button";
import { Message } from "./message-page";

/** What an error page says. The mark is the one under which the server's log has the cause. */
export function Failure({ error, retry }: { error: unknown; retry: () => void }) {
  const mark = error instanceof Error && "digest" in error ? String(error.digest) : "";
  return (
    <Message
      title="Coffer could not show this page"
      actions={
        <Button tone="primary" onClick={retry}>
          Try again
        </Button>
      }
    >
      <p>
        Something failed on the server. Nothing was changed. If it happens again, look at
        Coffer&apos;s log.
      </p>
      {mark ? (
        <p>
          In the log it is marked <span className="mono text-ink">{mark}</span>.
        </p>
      ) : null}
    </Message>
  );
}
