import {
  Ban,
  CircleCheck,
  CircleHelp,
  CircleSlash,
  Clock3,
  Trash2,
  TriangleAlert,
  Unlink,
  type LucideIcon,
} from "lucide-react";
import type { Tone } from "./findings";

const ICONS: Record<string, LucideIcon> = {
  ok: CircleCheck,
  missing: CircleHelp,
  trashed: Trash2,
  expired: Clock3,
  denied: Ban,
  unsupported: CircleSlash,
  malformed: Unlink,
  warning: TriangleAlert,
};

/** Colours of a status in the text and in the list. Icon and word, or underline, go with them. */
export const TONES: Record<Tone, string> = {
  ok: "text-checked-text",
  failed: "text-danger-text",
  warned: "text-soon-text",
};

/** A status as an icon. */
export function StatusIcon({ status, size = 14 }: { status: string; size?: number }) {
  const Icon = ICONS[status] ?? CircleSlash;
  return <Icon aria-hidden size={size} className="shrink-0" />;
}

/** A status in words: "no such version". */
export function statusWords(status: string): string {
  return status.replaceAll("_", " ");
}
