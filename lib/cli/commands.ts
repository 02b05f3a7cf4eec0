import { auditCheckpoint } from "./audit-checkpoint";
import { auditExport } from "./audit-export";
import { auditVerify } from "./audit-verify";
import { backup } from "./backup";
import type { Command } from "./command";
import { importFile } from "./import";
import { keysCheck } from "./keys-check";
import { keysRekey } from "./keys-rekey";
import { keysReset } from "./keys-reset";
import { keysRotate } from "./keys-rotate";
import { keysStatus } from "./keys-status";
import { migrateTo } from "./migrate-to";
import { restore } from "./restore";
import { usersAdd } from "./users-add";
import { usersReset } from "./users-reset";

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  ...[importFile, backup, restore, migrateTo],
  ...[keysStatus, keysRekey, keysRotate, keysCheck, keysReset],
  ...[usersAdd, usersReset],
  ...[auditVerify, auditCheckpoint, auditExport],
];
