import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The blocks of a guide in `docs` that are written in that language, in order. */
export function blocksOf(guide: string, language: string): string[] {
  const text = readFileSync(join("docs", guide), "utf8");
  const blocks = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms");
  return Array.from(text.matchAll(blocks), ([, block]) => block ?? "");
}

/** Runs commands in a shell of their own, in the folder `cwd`. */
export function runShell(
  commands: string,
  cwd: string,
  env: Record<string, string>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const options = {
    cwd,
    env: { NODE_ENV: "production" as const, PATH: process.env["PATH"], ...env },
  };
  return new Promise((resolve) => {
    execFile("sh", ["-c", commands], options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}
