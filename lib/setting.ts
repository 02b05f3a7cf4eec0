import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { z } from "zod";

/** A setting that stops the start: one line that names the variable and what it takes. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** The text of a variable as it was given. @throws ConfigError */
export type ReadText = (name: string) => string | undefined;

/** How a variable is read, and what to say when it can't be. */
export interface Variable {
  schema: z.ZodType;
  takes: string;
}

/** Reads variables, or the files that their `_FILE` forms name, less one trailing newline. `home` is where those are. */
export function reader(env: NodeJS.Dict<string>, home: string): ReadText {
  return (name: string): string | undefined => {
    const path = env[`${name}_FILE`];
    if (path && env[name]) {
      throw new ConfigError(`${name} and ${name}_FILE are both set. Keep one of them.`);
    }
    return path ? readSettingFile(`${name}_FILE`, path, home) : env[name];
  };
}

/** What a variable's text says; an empty one says nothing. @throws ConfigError */
export function parse(
  name: string,
  { schema, takes }: Variable,
  text: string | undefined,
): unknown {
  if (text === undefined || text === "") return undefined;
  const result = schema.safeParse(text);
  if (result.success) return result.data;
  throw new ConfigError(`${name} takes ${takes}.`);
}

function readSettingFile(name: string, path: string, home: string): string {
  try {
    return readFileSync(isAbsolute(path) ? path : join(home, path), "utf8").replace(/\r?\n$/, "");
  } catch (cause) {
    throw new ConfigError(`${name} names a file that can't be read: ${path}`, { cause });
  }
}
