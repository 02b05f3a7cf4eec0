import type { Config } from "../config";

export interface Started {
  config: Config;
  /** Whether Coffer made a master key at this start. */
  madeKey: boolean;
  /** Secret of the one-time setup link, while nobody has ever existed. */
  setupLink: string | null;
  /** E-mail of the first admin, where the configuration made one at this start. */
  firstAdmin: string | null;
  /** Whether nobody has ever existed. */
  needsSetup: boolean;
}

const HALF = {
  all: "",
  api: " (COFFER_ROLE=api: for services, without the console)",
  console: " (COFFER_ROLE=console: for people, without the service calls)",
};

/** What the terminal shows once Coffer answers. */
export function announce({ config, madeKey, setupLink, firstAdmin, needsSetup }: Started): string {
  const half = HALF[config.instanceRole];
  const lines = ["", `  Coffer is running at ${config.url}${half}`, ""];
  if (madeKey) {
    lines.push(
      `  A new key was made: TYK_AI_SECRET_KEY in ${config.envFile}`,
      "  Back it up now, apart from the database. Without it no secret can ever be read again.",
      "",
    );
  }
  if (firstAdmin !== null) lines.push(`  The first admin was made: ${firstAdmin}`, "");
  if (setupLink !== null) {
    lines.push(
      "  Open this link to make the first admin. It works once, within an hour:",
      "",
      `  ${config.url}/setup#${setupLink}`,
      "",
    );
  }
  if (needsSetup && setupLink === null) {
    lines.push(
      "  Nobody can sign in yet. Start an instance with COFFER_ROLE=console (or all) on this database and open the",
      "  link that it prints, or set COFFER_ADMIN_EMAIL and COFFER_ADMIN_PASSWORD and start this one again.",
      "",
    );
  }
  return lines.join("\n") + "\n";
}
