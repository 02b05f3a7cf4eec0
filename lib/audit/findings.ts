import type { AuditFinding } from "../shapes";

/** Findings that are named. The count goes on. */
const NAMED = 100;

/** What a verification has found, each thing once. */
export class Findings {
  readonly #seen = new Set<string>();
  readonly #places = new Set<string>();
  readonly items: AuditFinding[] = [];
  total = 0;

  add(finding: AuditFinding): void {
    const key = `${finding.kind} ${placeKey(finding.journal, finding.seq)}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#places.add(placeKey(finding.journal, finding.seq));
    this.total += 1;
    if (this.items.length < NAMED) this.items.push(finding);
  }

  /** Whether anything was found at that event, named or not. */
  has(journal: string, seq: number): boolean {
    return this.#places.has(placeKey(journal, seq));
  }
}

function placeKey(journal: string, seq: number): string {
  return `${journal} ${String(seq)}`;
}
