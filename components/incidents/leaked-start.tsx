"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Problem } from "../api";
import { Button } from "../ui/button";
import { Notice, Trouble } from "../ui/notice";
import { Section } from "../ui/page-header";
import { useSave } from "../use-save";
import { EntryField } from "./entry-field";
import { openIncident } from "./incident-calls";
import { incidentUrl } from "./incident-url";
import { Picture } from "./picture";
import type { Since } from "./since-field";
import { useReaders } from "./use-readers";

interface LeakedStartProps {
  environment: string;
  secret: string;
  times: readonly Since[];
  /** Whether it was shown a moment ago who it is. */
  isConfirmed: boolean;
}

/** Before there is an incident: look who read the secret, then open one. */
export function LeakedStart({ environment, secret, times, isConfirmed }: LeakedStartProps) {
  const router = useRouter();
  const readers = useReaders(environment, secret, undefined);
  const [since, setSince] = useState<string | null>(times[0]?.at ?? null);
  const [text, setText] = useState("");
  const save = useSave();

  async function submit() {
    if (save.busy || since === null) return;
    await save.run(async () => {
      const { id } = await openIncident({ environment, secret }, since, text);
      router.push(incidentUrl(environment, id));
    });
  }

  return (
    <>
      <Notice tone="soon" title="Revoke the old credential at the provider first">
        Coffer can replace what it gives out. It can&apos;t take back a value that somebody has:
        until the provider revokes it, the old one works wherever it is used.
      </Notice>
      <Picture
        environment={environment}
        readers={readers}
        times={times}
        atOnce={isConfirmed}
        onSince={setSince}
      />
      <Section
        title="Open an incident"
        about="Rotating, destroying old versions, ending tokens and what you write down become one story in the audit record."
      >
        <form
          className="flex max-w-[640px] flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <EntryField
            label="What happened (optional)"
            text={text}
            error={save.problem?.at("text")}
            onChange={setText}
          />
          <Trouble problem={save.problem?.at("text") === undefined ? save.problem : null} />
          <AlreadyOpen problem={save.problem} onGo={() => router.refresh()} />
          <div>
            <Button type="submit" tone="primary" busy={save.busy} disabled={since === null}>
              {save.busy ? "Opening…" : "Open an incident"}
            </Button>
          </div>
        </form>
      </Section>
    </>
  );
}

/** Somebody else was faster: this page leads to theirs when it is read again. */
function AlreadyOpen({ problem, onGo }: { problem: Problem | null; onGo: () => void }) {
  if (problem?.code !== "already_exists") return null;
  return (
    <div>
      <Button onClick={onGo}>Go to that one</Button>
    </div>
  );
}
