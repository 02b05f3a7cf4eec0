"use client";

import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { count } from "../ui/amount";
import { Button } from "../ui/button";
import { Trouble } from "../ui/notice";
import { Section } from "../ui/page-header";
import { exactTime } from "../ui/time";
import { ReadersTable } from "./readers-table";
import { Refusals } from "./refusals";
import { SinceField, type Since } from "./since-field";
import type { Readers } from "./use-readers";

interface PictureProps {
  environment: string;
  readers: Readers;
  times: readonly Since[];
  /** Whether to look at once: not if Coffer would ask first who it is. */
  atOnce: boolean;
  /** The time that is chosen. */
  onSince?: (since: string | null) => void;
}

/** Who read a secret since a time: what one needs to see before anything else. */
export function Picture({ environment, readers, times, atOnce, onSince }: PictureProps) {
  const [since, setSince] = useState<string | null>(times[0]?.at ?? null);
  const { look, report, busy, problem } = readers;
  const first = useRef(atOnce ? since : null);

  useEffect(() => {
    const at = first.current;
    first.current = null;
    if (at !== null) void look(at);
  }, [look]);

  function choose(at: string | null) {
    setSince(at);
    onSince?.(at);
    if (at !== null && report !== null) void look(at);
  }

  return (
    <Section title="Who read it" about="From the audit record. That you look is on record too.">
      <div className="flex flex-col gap-3">
        <div className="flex flex-wrap items-end gap-3">
          <SinceField times={times} error={problem?.at("since")} onChange={choose} />
          <Button
            icon={<Search aria-hidden size={16} />}
            busy={busy}
            disabled={since === null}
            onClick={() => (since === null ? undefined : void look(since))}
          >
            {busy ? "Looking…" : report ? "Look again" : "Show who read it"}
          </Button>
        </div>
        <Trouble problem={problem?.at("since") === undefined ? problem : null} />
        <div aria-live="polite" className="flex flex-col gap-3">
          {report === null ? null : (
            <>
              <p className="text-muted">
                {count(report.looked)} events looked at, from {exactTime(report.since)} to{" "}
                {exactTime(report.until)}.
              </p>
              {report.readers.length === 0 ? (
                <p className="rounded-md border px-3 py-3 text-muted">
                  No service read it since, and none may read it now.
                </p>
              ) : (
                <ReadersTable environment={environment} readers={report.readers} />
              )}
              {report.refusals.length > 0 ? <Refusals refusals={report.refusals} /> : null}
            </>
          )}
        </div>
      </div>
    </Section>
  );
}
