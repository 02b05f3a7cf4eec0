"use client";

import { RefreshCw } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { Button } from "../ui/button";

/** Reads the page anew, and with it every row. */
export function CheckAgain() {
  const router = useRouter();
  const [busy, start] = useTransition();
  return (
    <Button
      icon={<RefreshCw aria-hidden size={14} />}
      busy={busy}
      onClick={() => start(() => router.refresh())}
    >
      {busy ? "Checking…" : "Check again"}
    </Button>
  );
}
