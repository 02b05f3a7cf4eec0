"use client";

import { useState } from "react";
import type { BackupStatus } from "../../lib/shapes";
import { count, size } from "../ui/amount";
import { usePoll, type Pace } from "../use-poll";
import { readBackupStatus } from "./backup-calls";

const PACE: Pace = { firstMs: 2_000, lastMs: 2_000 };
const NOTHING = { underWay: null };

/** How far the backup is that is being taken: rows read there, bytes that have come here. */
export function BackupProgress({ bytes }: { bytes: number }) {
  const [status, setStatus] = useState<BackupStatus["underWay"]>(null);
  usePoll(PACE, async () => {
    const { underWay } = await readBackupStatus().catch(() => NOTHING); // the download tells what is wrong
    if (underWay) setStatus(underWay);
  });
  const total = status?.total ?? null;
  return (
    <div className="flex flex-col gap-1.5">
      <progress
        aria-label="Backing up"
        className="h-1.5 w-full"
        {...(total !== null && total > 0 && status && { value: status.done, max: total })}
      />
      <p className="text-small text-muted">
        {total === null || !status
          ? `${size(bytes)} so far`
          : `${count(status.done)} of ${count(total)} rows, ${size(bytes)}`}
      </p>
    </div>
  );
}
