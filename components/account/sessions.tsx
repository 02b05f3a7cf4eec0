"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { SessionInfo } from "../../lib/shapes";
import { Problem } from "../api";
import { Button } from "../ui/button";
import { Chip } from "../ui/chip";
import { Ago } from "../ui/clock";
import { Confirm } from "../ui/confirm";
import { Section } from "../ui/page-header";
import { useToaster } from "../ui/toasts";
import { endOtherSessions, endSession } from "./account-calls";
import { browserName } from "./browser";

/** Where one is signed in, and the way to end it. */
export function Sessions({ sessions }: { sessions: readonly SessionInfo[] }) {
  const router = useRouter();
  const toaster = useToaster();
  const [asking, setAsking] = useState(false);
  const others = sessions.filter(({ current }) => !current);

  async function end(session: SessionInfo) {
    try {
      await endSession(session.id);
      toaster.done(`Ended the session in ${browserName(session.userAgent)}`);
    } catch (error) {
      toaster.trouble(error instanceof Problem ? error.message : "It was not ended. Try again.");
    }
    router.refresh();
  }

  return (
    <Section
      title="Sessions"
      about="Where you are signed in. One ends after 12 hours without use, and after 7 days in any case."
      actions={
        others.length > 0 ? (
          <Button tone="risky" onClick={() => setAsking(true)}>
            End all others
          </Button>
        ) : null
      }
    >
      <ul aria-label="Sessions" className="divide-y divide-line rounded-md border">
        {sessions.map((session) => (
          <SessionRow key={session.id} session={session} onEnd={() => void end(session)} />
        ))}
      </ul>
      {asking ? (
        <Confirm
          title="End all other sessions?"
          action="End them"
          busyAction="Ending…"
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await endOtherSessions();
            toaster.done("Ended all other sessions");
            router.refresh();
          }}
        >
          <p>
            Everywhere but here you have to sign in again. If somebody else was signed in as you,
            change your password too.
          </p>
        </Confirm>
      ) : null}
    </Section>
  );
}

function SessionRow({ session, onEnd }: { session: SessionInfo; onEnd: () => void }) {
  const browser = browserName(session.userAgent);
  return (
    <li className="flex min-h-11 items-center justify-between gap-3 px-4 py-2">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="font-strong" title={session.userAgent}>
            {browser}
          </span>
          {session.current ? <Chip>this one</Chip> : null}
        </p>
        <p className="text-small text-muted">
          from <span className="mono">{session.address}</span> · seen{" "}
          <Ago at={session.lastSeenAt} /> · signed in <Ago at={session.createdAt} />
        </p>
      </div>
      {session.current ? null : (
        <Button tone="quiet" aria-label={`End the session in ${browser}`} onClick={onEnd}>
          End
        </Button>
      )}
    </li>
  );
}
