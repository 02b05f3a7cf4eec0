import type { AuditFinding } from "../shapes";

/** Findings that are named. The count goes on. */
const NAMED = 100;

/** What a verification has found, each thing once. */
export class Findings {
  readonly #seen = new Set<string>();
  readonly items: AuditFinding[] = [];
  total = 0;

  add(finding: AuditFinding): void {
    const key = `${finding.kind} ${finding.journal} ${String(finding.seq)}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.total += 1;
    if (this.items.length < NAMED) this.items.push(finding);
  }

  has(journal: string, seq: number): boolean {
    return this.items.some((item) => item.journal === journal && item.seq === seq);
  }
}
