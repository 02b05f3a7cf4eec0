import { isRowMac, rowMac, type RowField } from "../crypto/row-mac";
import { CofferError } from "../errors";

/** The fields of each kind of row that a decision is made of. Those not named here decide nothing. */
const FIELDS = {
  environment: ["id", "slug", "protected"],
  secret: [
    "id",
    "environmentId",
    "name",
    "nameKey",
    "currentVersion",
    "highestVersion",
    "expiresAt",
    "deletedAt",
  ],
  service: ["id", "environmentId", "name", "rules", "allowedCidrs", "disabledAt"],
  token: ["id", "serviceId", "hash", "expiresAt", "revokedAt"],
  user: ["id", "email", "passwordHash", "role", "disabledAt", "epoch"],
  link: ["id", "kind", "userId", "hash", "expiresAt", "consumedAt"],
  identity: ["id", "userId", "issuer", "subject"],
  policy: ["id", "requireTwoStep"],
  keyring: ["id", "newestKeyId", "resealedTo"],
  cursor: ["sinkId", "journalId", "seq"],
} as const;

/** Fields that came later: a MAC covers those up to the last that is not null, so that older rows stay intact. */
const LATER_FIELDS = {
  ...{ environment: [], secret: [], token: [], identity: [], policy: [], keyring: [] },
  cursor: [],
  service: ["demands", "held"],
  user: ["totp"],
  link: ["createdBy"],
} as const satisfies Record<RowKind, readonly string[]>;

export type RowKind = keyof typeof FIELDS;

/** A row of that kind, with all that its MAC covers. */
export type MacRow<K extends RowKind> = { mac: string } & Record<
  (typeof FIELDS)[K][number] | (typeof LATER_FIELDS)[K][number],
  RowField
>;

/**
 * The rows that access is decided by, and their MACs: who can write to the database can put back a row's own
 * earlier state, and can't grant themselves anything. Every such row is made with `sealed`, loaded through
 * `checked`, and changed with `changed`.
 */
export class Rows {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** Whether the row is as Coffer wrote it. */
  isIntact<K extends RowKind>(kind: K, row: MacRow<K>): boolean {
    return isRowMac(this.#key, row.mac, kind, fieldsOf(kind, row));
  }

  /**
   * `row`, if it is as Coffer wrote it.
   * @throws CofferError `tampered`
   */
  checked<K extends RowKind, R extends MacRow<K>>(kind: K, row: R): R {
    if (this.isIntact(kind, row)) return row;
    throw tampered(kind, (row as unknown as { id: string }).id);
  }

  /** The columns of a new row, with its MAC. */
  sealed<K extends RowKind, R extends Omit<MacRow<K>, "mac">>(
    kind: K,
    row: R,
  ): R & { mac: string } {
    return { ...row, mac: this.#macOf(kind, row) };
  }

  /** The columns to change of a row that was `checked`, with the MAC of what it becomes. */
  changed<K extends RowKind, R extends Omit<MacRow<K>, "mac">, C extends Partial<R>>(
    kind: K,
    row: R,
    changes: C,
  ): C & { mac: string } {
    return { ...changes, mac: this.#macOf(kind, { ...row, ...changes }) };
  }

  #macOf<K extends RowKind>(kind: K, row: Omit<MacRow<K>, "mac">): string {
    return rowMac(this.#key, kind, fieldsOf(kind, row));
  }
}

/** What is said of a row that is not as Coffer wrote it. */
export function tampered(kind: RowKind, id: string): CofferError {
  return new CofferError(
    "tampered",
    `A ${kind} in the database was changed by something other than Coffer, so it is not used. Restore it from a backup, or make it anew.`,
    { details: { kind, id } },
  );
}

function fieldsOf<K extends RowKind>(kind: K, row: Omit<MacRow<K>, "mac">): RowField[] {
  const fields = row as Record<string, RowField | undefined>;
  const later = LATER_FIELDS[kind].map((field) => fields[field] ?? null);
  while (later.at(-1) === null) later.pop();
  return [...FIELDS[kind].map((field) => fields[field] ?? null), ...later];
}
