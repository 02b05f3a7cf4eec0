import type { CheckReport } from "../../lib/shapes";

/** How bad it is: `ok` resolves, `failed` does not, `warned` stays as it is and was perhaps meant otherwise. */
export type Tone = "ok" | "failed" | "warned";

/** One line of a report: a reference and what would become of it, or a warning. */
export interface Finding {
  /** `ok`, the reason why it fails, or `warning`. */
  status: string;
  tone: Tone;
  /** A reference in its canonical spelling, or the text that a warning is about. */
  text: string;
  name: string | null;
  message: string | null;
  /** JSON pointers, or `line:column`. */
  places: readonly string[];
}

const ORDER: readonly Tone[] = ["failed", "warned", "ok"];

/** All that a report says, what needs work first; otherwise in the order of the text. */
export function findingsOf({ references, warnings }: CheckReport): Finding[] {
  const findings: Finding[] = [
    ...references.map(({ reference, name, status, message, paths }) => ({
      ...{ status, name, text: reference, places: paths },
      message: message && plain(message),
      tone: status === "ok" ? ("ok" as const) : ("failed" as const),
    })),
    ...warnings.map(({ text, message, path }) => ({
      ...{ text, name: null, status: "warning", places: [path] },
      message: plain(message),
      tone: "warned" as const,
    })),
  ];
  return ORDER.flatMap((tone) => findings.filter((finding) => finding.tone === tone));
}

/** A message with quotes where the API marks names of its own as code. */
function plain(message: string): string {
  return message.replaceAll(/`([^`]*)`/g, "“$1”");
}

/** The findings' number by status, in the order in which the statuses first stand. */
export function tally(findings: readonly Finding[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { status } of findings) counts.set(status, (counts.get(status) ?? 0) + 1);
  return counts;
}
