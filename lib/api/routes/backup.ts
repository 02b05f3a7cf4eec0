import { backupStatus, takeBackup } from "../backup-schemas";
import { route } from "../route";

const BACKUP = "/api/v1/backup";
/** A passphrase and nothing else. */
const BODY_LIMIT_BYTES = 8_192;

export const backupRoutes = [
  route({
    method: "POST",
    path: BACKUP,
    summary:
      "The whole vault as one file, encrypted under a passphrase, as `coffer restore` takes it",
    action: "backup.create",
    body: takeBackup,
    bodyLimit: BODY_LIMIT_BYTES,
    answersFile: ["application/octet-stream"],
    handle: async ({ vault, caller, body }) => ({
      mediaType: "application/octet-stream",
      ...(await vault.backups.take(caller, body.passphrase)),
    }),
  }),
  route({
    method: "GET",
    path: BACKUP,
    summary: "When the vault was last backed up, and how far a backup is that is being taken",
    action: "backup.read",
    answer: backupStatus,
    handle: ({ vault, caller }) => vault.backups.status(caller),
  }),
];
