import { randomUUID } from "node:crypto";
import type { Keyring } from "../crypto/keyring";
import type { NewSecretRow, NewVersionRow, RotatedRow } from "../store/import-rows";
import type { Door } from "./door";
import type { EnvironmentRow } from "./environments";
import type { ChosenEntry } from "./import-choice";
import { rotateDueAt } from "./rotation";
import { describedColumns } from "./secret-row";
import { valueBytes } from "./value";
import type { WatchImport } from "./import-request";
import type { Describe } from "./vault";

/** Everything that an import writes, sealed: ciphertext and metadata. */
export interface SealedImport {
  secrets: NewSecretRow[];
  versions: NewVersionRow[];
  rotated: RotatedRow[];
  /** The newest data key when it was begun. Where another is newest by now, it is to be done again. */
  keyId: number;
}

/** Bytes and entries sealed before other work has its turn: a few milliseconds. */
const BYTES_AT_ONCE = 524_288;
const ENTRIES_AT_ONCE = 100;

/**
 * Seals what was chosen, before any lock is taken. What it relied on, the version numbers, is looked at again in the
 * transaction that writes it.
 */
export async function sealedImport(
  { rows, now }: Pick<Door, "rows" | "now">,
  keyring: Keyring,
  environment: EnvironmentRow,
  chosen: readonly ChosenEntry[],
  describe: Describe,
  by: string,
  watch: WatchImport,
): Promise<SealedImport> {
  const keyId = keyring.newestKeyId;
  const sealed: SealedImport = { secrets: [], versions: [], rotated: [], keyId };
  const at = now();
  let bytesSince = 0;
  for (const [index, { planned }] of chosen.entries()) {
    const { row, nameKey, info } = planned;
    const bytes = valueBytes(planned.value ?? "");
    const version = (row?.highestVersion ?? planned.mark.purgedVersion) + 1;
    const secretId = row?.id ?? randomUUID();
    const place = { environmentId: environment.id, nameKey, secretId, version };
    sealed.versions.push({
      ...{ secretId, version, sealed: keyring.seal(place, bytes) },
      ...{ createdAt: at, createdBy: by },
    });
    const numbers = { currentVersion: version, highestVersion: version };
    const rotation = { ...numbers, rotatedAt: at, rotatedBy: by };
    if (row) {
      const changes = { ...rotation, rotateDueAt: rotateDueAt(at, row.rotateEveryDays) };
      sealed.rotated.push({ id: row.id, ...rows.changed("secret", row, changes) });
    } else {
      const description = info.description === "" ? describe.description : info.description;
      const columns = {
        ...{ id: secretId, environmentId: environment.id, name: info.name, nameKey },
        ...describedColumns(info.name, { ...describe, description }),
        rotateDueAt: rotateDueAt(at, describe.rotateEveryDays ?? null),
        ...{ ...rotation, createdAt: at, createdBy: by, deletedAt: null },
      };
      sealed.secrets.push(rows.sealed("secret", columns));
    }
    bytesSince += bytes.length;
    if (bytesSince >= BYTES_AT_ONCE || index % ENTRIES_AT_ONCE === ENTRIES_AT_ONCE - 1) {
      bytesSince = 0;
      watch({ step: "seal", done: index + 1, of: chosen.length });
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  watch({ step: "seal", done: chosen.length, of: chosen.length });
  return sealed;
}
