import { createInterface } from "node:readline/promises";
import { UsageError } from "./command";
import { plain } from "./screen";

/**
 * Has the person at the terminal type `phrase`. False where there is no terminal, so that nobody was asked.
 * @throws UsageError for anything else that is typed
 */
export async function typesPhrase(phrase: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const nothing = new Promise<never>((_resolve, reject) => {
    lines.once("SIGINT", () => reject(new UsageError("Interrupted. Nothing was changed.")));
    lines.once("close", () => reject(new UsageError("Nothing was typed. Nothing was changed.")));
  });
  try {
    const typed = await Promise.race([
      lines.question(plain(`To go on, type: ${phrase}\n> `)),
      nothing,
    ]);
    if (typed.trim() === phrase) return true;
  } finally {
    nothing.catch(() => undefined);
    lines.close();
  }
  throw new UsageError("This is not what was to be typed. Nothing was changed.");
}
