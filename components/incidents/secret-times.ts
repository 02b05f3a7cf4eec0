import type { VersionInfo } from "../../lib/shapes";
import type { Since } from "./since-field";

/** Times to look back to that mean something for a secret: when its current version was made, and the first. */
export function timesOf(versions: readonly VersionInfo[], since?: string): Since[] {
  const current = versions.find((version) => version.current);
  const first = versions.at(-1);
  return [
    ...(since === undefined ? [] : [{ label: "the incident's date", at: since }]),
    ...(current
      ? [{ label: `when v${String(current.version)} was made`, at: current.createdAt }]
      : []),
    ...(first && first !== current ? [{ label: "when it was created", at: first.createdAt }] : []),
  ];
}
