import type { Entry } from "./entry";
import { generationOf, openV1, openV2, textOf } from "./tyk-cipher";
import type { TykRow } from "./tyk-dump";

/** What came out of a secrets table, and what there is to say about the key. */
export interface TykEntries {
  entries: Entry[];
  /** Sentences for people, about the whole. */
  notes: string[];
}

/** Keys are stretched for as many rows at once: each takes 32 MiB and a thread for some 60 ms. */
const AT_ONCE = 2;

const DELETED = "It is deleted in Tyk AI Studio.";
const EMPTY = "It is empty in Tyk AI Studio.";
const UNSUPPORTED = "Its ciphertext is of a version that Coffer can't read ($ENC/v…).";
const CLOSED = "It does not open with this key, or is no ciphertext of Tyk AI Studio.";
const NOISE =
  "It opens to something that is no text, so the key is another one or the row is damaged.";
const BY_CHANCE =
  "Most rows of its kind do not open with this key, so what this one opens to is not trusted.";

/**
 * The rows of a secrets table, opened under Tyk's `TYK_AI_SECRET_KEY`. A row that can't be opened, or opens to what
 * is no text, is a problem of its own; the others go on. `opened` is told after each row how many are done.
 */
export async function readTyk(
  rows: readonly TykRow[],
  key: string,
  opened: (rows: number) => void = () => undefined,
): Promise<TykEntries> {
  const outcomes: Outcome[] = [];
  let next = 0;
  let done = 0;
  async function open(): Promise<void> {
    for (let at = next++; at < rows.length; at = next++) {
      const row = rows[at];
      if (row) outcomes[at] = await outcomeOf(row, key);
      opened(++done);
      // Opening v1 is done at once: other work has its turn in between.
      if (done % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, open));
  return verdict(rows, outcomes);
}

type Outcome = Pick<Entry, "value" | "problem" | "leftOut"> & { generation?: "v1" | "v2" };

async function outcomeOf({ value: stored, isDeleted }: TykRow, key: string): Promise<Outcome> {
  if (isDeleted) return { value: null, leftOut: DELETED };
  if (stored === "") return { value: null, leftOut: EMPTY };
  const generation = generationOf(stored);
  if (generation === "unsupported") return { value: null, problem: UNSUPPORTED };
  const bytes = generation === "v2" ? await openV2(stored, key) : openV1(stored, key);
  if (bytes === null) return { generation, value: null, problem: CLOSED };
  if (bytes.length === 0) return { generation, value: null, leftOut: EMPTY };
  const value = textOf(bytes);
  return value === null ? { generation, value, problem: NOISE } : { generation, value };
}

/** Says what the rows together tell about the key: v2 proves it, v1 does not. */
function verdict(rows: readonly TykRow[], outcomes: readonly Outcome[]): TykEntries {
  const of = (generation: "v1" | "v2") => outcomes.filter((one) => one.generation === generation);
  const good = (some: readonly Outcome[]) =>
    some.filter(({ problem }) => problem === undefined).length;
  const [v1, v2] = [of("v1"), of("v2")];
  const proven = good(v2) > 0;
  const closed = v1.length + v2.length - good(v1) - good(v2);
  const distrusted = !proven && v1.length > 0 && good(v1) * 2 < v1.length;
  const notes: string[] = [];
  if (!proven && (distrusted || (v2.length > 0 && v1.length === 0))) {
    notes.push(
      `The key is most likely not the TYK_AI_SECRET_KEY that these rows were sealed under: ${String(closed)} of ${String(v1.length + v2.length)} do not open.`,
    );
  } else if (v1.length > 0) {
    notes.push(
      proven
        ? "The rows of the newer kind prove that the key is the right one. Those of the older kind (AES-CFB) carry no proof of their own: a damaged one can't be told from a good one."
        : "These rows are of Tyk's older kind (AES-CFB), which carries no proof that the key is the right one. They open to text, which a wrong key makes only of very short values: compare one with what you know before you rely on them.",
    );
  }
  const entries = rows.map((row, at): Entry => {
    const { generation, ...outcome } = outcomes[at] ?? { value: null };
    const isTrusted = !distrusted || generation !== "v1" || outcome.value === null;
    return {
      ...{ name: row.varName, place: `row ${row.id}`, description: "" },
      ...(isTrusted ? outcome : { value: null, problem: BY_CHANCE }),
    };
  });
  return { entries, notes };
}
