import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "../../lib/store/migrate";

/** A SQLite file with Coffer's schema and nothing else, for a whole run: the databases of tests are copies of it. */
export async function setup(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), "coffer-template-"));
  const file = join(folder, "coffer.db");
  await migrate({ databaseUrl: `file:${file}`, prismaDirectory: join(process.cwd(), "prisma") });
  process.env["COFFER_TEST_SQLITE"] = file;
  return () => rmSync(folder, { recursive: true, force: true });
}
