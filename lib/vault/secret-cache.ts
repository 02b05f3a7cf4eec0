import type { ServiceCaller } from "../access/caller";
import type { ResolveRow } from "../store/resolve-rows";
import type { Door } from "./door";
import { Kept } from "./kept";

const BOUNDS = { entries: 100_000, bytes: 64 * 1024 * 1024 };

/** What a row takes: its text, and as much again once the value was made ready to be opened. */
const bytesOf = ({ sealed }: ResolveRow): number => 2 * (sealed?.length ?? 0);

/** Current versions of secrets, sealed as they are stored, kept in memory with their rows. */
export class SecretCache {
  readonly #kept: Kept<ResolveRow>;
  /** Rows whose MAC was found right. */
  readonly #intact = new WeakSet<ResolveRow>();

  constructor(private readonly door: Door) {
    this.#kept = new Kept(door.store, BOUNDS);
  }

  /**
   * The current version of each named secret and, of the same secrets, those numbered in `versions`. Where the
   * database has changed in between, they may be of two moments: what the caller was decided under, which is looked at
   * when the read is put on record, does not hold then. For a caller without that nothing is from memory.
   */
  async rows(
    { environment: { id: environmentId }, kept }: ServiceCaller,
    nameKeys: readonly string[],
    versions: readonly number[],
  ): Promise<ResolveRow[]> {
    const { direct } = this.door.store;
    if (!kept || versions.length > 0) {
      const read = await direct.readResolveRows(environmentId, nameKeys, versions);
      await this.door.keys.knowing(read);
      return read;
    }
    const rows: ResolveRow[] = [];
    const missing: string[] = [];
    for (const nameKey of nameKeys) {
      const row = this.#kept.get(`${environmentId} ${nameKey}`);
      if (row) rows.push(row);
      else missing.push(nameKey);
    }
    if (missing.length === 0) return rows;
    const moment = this.door.store.latest;
    const read = await direct.readResolveRows(environmentId, missing, []);
    await this.door.keys.knowing(read);
    for (const row of read) {
      rows.push(row);
      if (!this.isIntact(row)) continue;
      this.#kept.keep(`${environmentId} ${row.nameKey}`, row, bytesOf(row), moment);
    }
    return rows;
  }

  /** Whether the row is as Coffer wrote it. Found out once for each row that was read. */
  isIntact(row: ResolveRow): boolean {
    if (this.#intact.has(row)) return true;
    const isIntact = this.door.rows.isIntact("secret", row);
    if (isIntact) this.#intact.add(row);
    return isIntact;
  }
}
