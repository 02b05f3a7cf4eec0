"use client";

import { useEffect, useState } from "react";
import type { BackupStatus } from "../../lib/shapes";
import { count, size } from "../ui/amount";
import { readBackupStatus } from "./backup-calls";

const LOOK_EVERY_MS = 2_000;

/** How far the backup is that is being taken: rows read there, bytes that have come here. */
export function BackupProgress({ bytes }: { bytes: number }) {
  const [status, setStatus] = useState<BackupStatus["underWay"]>(null);
  useEffect(() => {
    let isOver = false;
    const timer = setInterval(() => {
      readBackupStatus()
        .then(({ underWay }) => {
          if (!isOver && underWay) setStatus(underWay);
        })
        .catch(() => undefined); // the download tells what is wrong
    }, LOOK_EVERY_MS);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, []);
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
