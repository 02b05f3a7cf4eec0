import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { join } from "node:path";
import { databaseUrlOf } from "./database";
import { TEST_KEY } from "./keys";

/** What a run of `coffer` came to. */
export interface Ran {
  /** The exit code, or null where a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  /** The folder whose `data/` is meant; paths that are typed are from there, too. */
  home: string;
  env?: Record<string, string>;
  /** What is on its standard input. */
  input?: string;
}

/** Runs the command in a process of its own. */
export async function runCoffer(args: readonly string[], options: CommandOptions): Promise<Ran> {
  const child = await startCommand(args, options);
  child.stdin.end(options.input ?? "");
  return ranTo(child);
}

/** Starts the command, for a test that does something meanwhile. */
export async function startCommand(
  args: readonly string[],
  { home, env = {} }: Omit<CommandOptions, "input">,
): Promise<ChildProcessWithoutNullStreams> {
  const DATABASE_URL = env["DATABASE_URL"] ?? (await databaseUrlOf(home));
  const inherited = { PATH: process.env["PATH"], HOME: process.env["HOME"] };
  const child = spawn(
    process.execPath,
    [join(process.cwd(), "tests/support/coffer-here.mjs"), ...args],
    {
      cwd: home,
      env: {
        ...inherited,
        NODE_ENV: "production",
        ...{ TYK_AI_SECRET_KEY: TEST_KEY, DATABASE_URL },
        ...env,
      },
    },
  );
  child.stdin.on("error", () => undefined); // it may end without reading
  return child;
}

/** Waits for the end of a command, and collects what it printed. */
export function ranTo(child: ChildProcessWithoutNullStreams): Promise<Ran> {
  const ran: Ran = { code: null, stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => (ran[stream] += text));
  }
  return new Promise((resolve) => {
    child.once("close", (code) => resolve({ ...ran, code }));
  });
}
