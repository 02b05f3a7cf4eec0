import type { Keyring } from "../crypto/keyring";
import { keyIdsOf, type KeyringRecord } from "../crypto/keyring-record";
import { keyIdOf } from "../crypto/sealed-key";
import { CofferError } from "../errors";
import {
  countStored,
  readHead,
  readKeyring,
  readKeyringCount,
  type KeyringHead,
} from "../store/keyring-rows";
import type { Db, Store } from "../store/store";
import { tampered, type Rows } from "./rows";

/** This process's keyring, kept as new as the database's: other processes make data keys too. */
export class LiveKeyring {
  #count: number;
  #looking: Promise<void> | undefined;

  constructor(
    readonly keyring: Keyring,
    private readonly store: Store,
    private readonly rows: Rows,
    /** How often the stored keyring had been changed when it was opened, or before. */
    count: number,
  ) {
    this.#count = count;
  }

  /**
   * To be asked inside every change, with the count that its first statement found: what it seals is sealed under
   * the newest data key there is.
   * @throws CofferError `wrong_key` where this process's master key was ended, `tampered`, `unreadable`
   */
  async follow(tx: Db, count: number): Promise<void> {
    if (count === this.#count) return;
    const record = await requireKeyring(tx);
    requireHead(this.rows, await readHead(tx), record);
    this.keyring.take(record);
    this.#count = count;
  }

  /** Takes in what has been stored since. @throws CofferError as `follow` does */
  async catchUp(): Promise<void> {
    const { db } = this.store;
    await this.follow(db, await readKeyringCount(db)); // in this order: never newer than what was read
  }

  /**
   * To be asked before values that were read from the database are opened: a data key that another process has
   * made since is read. Looks once for however many ask; for a key id that nobody has made, only at a number.
   */
  async knowing(rows: readonly { sealed: string | null }[]): Promise<void> {
    const isNew = ({ sealed }: { sealed: string | null }) => {
      const keyId = sealed === null ? null : keyIdOf(sealed);
      return keyId !== null && keyId > this.keyring.newestKeyId;
    };
    if (!rows.some(isNew)) return;
    this.#looking ??= this.catchUp().finally(() => (this.#looking = undefined));
    await this.#looking;
  }

  /** Finds out how much the newest data key may have sealed already. */
  async countSeals(): Promise<void> {
    const { db } = this.store;
    const keyId = this.keyring.newestKeyId;
    const made = await db.dataKey.findFirst({ where: { keyId }, select: { storedBefore: true } });
    const [stored, values] = await Promise.all([countStored(db), db.secretVersion.count()]);
    if (keyId !== this.keyring.newestKeyId) return;
    this.keyring.noteSeals(stored - (made?.storedBefore ?? 0) + values);
  }
}

/** @throws CofferError `unreadable` where the keyring's row is gone */
export async function requireKeyring(db: Db): Promise<KeyringRecord> {
  const record = await readKeyring(db);
  if (record) return record;
  throw new CofferError(
    "unreadable",
    "The keyring is gone from the database. Restore it from a backup.",
  );
}

/** Whether a keyring's head is as Coffer wrote it. */
export function isIntactHead(rows: Rows, head: KeyringHead): boolean {
  if (head.mac === "") return head.newestKeyId === 1 && head.resealedTo === 1; // from before rotation
  return rows.isIntact("keyring", head);
}

/**
 * Checks that no data key was taken away (FORMAT.md, "The head").
 * @throws CofferError `tampered`
 */
export function requireHead(rows: Rows, head: KeyringHead, record: KeyringRecord): void {
  const highest = keyIdsOf(record).at(-1);
  if (isIntactHead(rows, head) && head.newestKeyId === highest) return;
  throw tampered("keyring", head.id);
}
