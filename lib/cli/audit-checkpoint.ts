import { OPERATOR } from "../access/caller";
import type { Command } from "./command";

/** `coffer audit checkpoint`: where the audit record stands, signed, to be kept elsewhere. */
export const auditCheckpoint: Command = {
  name: "audit checkpoint",
  does: "Print where the audit record stands, signed: keep it where who can change the database can't reach it.",
  takes: [],
  options: {},
  notes:
    "coffer audit verify --checkpoint FILE proves by it that nothing before was cut off. It holds no name and no secret. Keep the\npublic key of the first one apart: it stays the same.",
  examples: [
    [
      "coffer audit checkpoint > /mnt/elsewhere/coffer-2030-01-31.checkpoint",
      "For a job that runs every hour.",
    ],
  ],

  async run(_given, context) {
    const checkpoint = await context.withVault(({ audit }) => audit.checkpoint(OPERATOR));
    return { text: checkpoint.text, json: checkpoint };
  },
};
