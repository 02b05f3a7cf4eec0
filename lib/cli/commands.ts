import { backup } from "./backup";
import type { Command } from "./command";
import { importFile } from "./import";
import { restore } from "./restore";
import { usersAdd } from "./users-add";
import { usersReset } from "./users-reset";

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  ...[importFile, backup, restore],
  ...[usersAdd, usersReset],
];
