import { pino } from "pino";
import type { LogLevel } from "./config";

/** Where Coffer reports on itself. Never given a value, a token, a password or a request's body. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** JSON Lines on standard output, or on another file that is open. Lines that can't be written are lost. */
export function openLog(level: LogLevel, fd = 1): Log {
  const file = pino.destination({ fd, sync: true });
  file.on("error", () => undefined); // such as a full disk: unheard, it would end the process
  return pino({ level, base: null }, file);
}

/** What may be said of an error: its kind, its code, and the lines of its stack. */
export interface DescribedError {
  kind: string;
  code?: string | undefined;
  at?: string[];
}

/**
 * What the log may say of an error: its kind and where it was thrown. Not its message: a database error
 * can quote the row it failed on.
 */
export function describeError(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { kind: typeof error };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  // A stack begins with the message, which may have lines that look like the stack's.
  const trace = (error.stack ?? "").replace(error.message, () => "");
  const stack = trace.split("\n").filter((line) => /^\s+at /.test(line));
  return { kind: error.name, code, at: stack.slice(0, 8).map((line) => line.trim()) };
}

/** An error that was described in another thread: `describeError` says the same of it. */
export function describedError({ kind, code, at = [] }: DescribedError): Error {
  const error = Object.assign(new Error(), { name: kind }, code !== undefined && { code });
  error.stack = [kind, ...at.map((line) => `    ${line}`)].join("\n");
  return error;
}
