/**
 * The tables of Coffer, one for each model of the schema, in the order of their names. Whatever else there is in a database
 * is somebody else's: it is not backed up, moved, emptied or counted. Those of the migrations and of a move are not among them.
 */
export const TABLES: readonly string[] = [
  ...["AuditAnchor", "AuditCursor", "AuditEvent", "AuditMark", "AuditRun", "AuditSink", "DataKey"],
  ...["Environment", "Identity", "Incident", "IncidentEntry", "Instance", "Journal", "Keyring"],
  ...["LastBackup", "OneTimeLink", "Policy", "PurgedName", "RecoveryCode", "Revision", "Secret"],
  ...[
    "SecretUse",
    "SecretVersion",
    "Service",
    "ServiceName",
    "ServiceToken",
    "Session",
    "TokenUse",
  ],
  ...["TrashSweep", "User", "WrappedKey"],
];
