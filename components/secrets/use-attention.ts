"use client";

import { attentionOf, type DatedAttention } from "../../lib/attention";
import type { SecretInfo } from "../../lib/shapes";
import { useAtPresent } from "../ui/clock";

/** How a secret asks for attention by its dates, the most urgent first; follows the clock. */
export function useAttention(secret: SecretInfo): DatedAttention[] {
  const asking = useAtPresent((now) => attentionOf(secret, now).join(" "));
  return asking === "" ? [] : (asking.split(" ") as DatedAttention[]);
}
