import type { SinkInfo } from "../shapes";

/** Where lines of the audit record are delivered to. One batch at a time. */
export interface Sink {
  readonly kind: SinkInfo["kind"];
  /** What people may read of where that is. */
  readonly to: string;
  /**
   * Returns once all of the lines have arrived.
   * @param lines in UTF-8, each with a newline at its end
   * @throws SinkError where they have not, or where that is not known: then they are delivered again
   */
  deliver(lines: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Why something could not be delivered, in words that hold no secret. */
export class SinkError extends Error {
  override readonly name = "SinkError";

  constructor(
    message: string,
    readonly advice: {
      /** Not before so many milliseconds. */
      retryAfterMs?: number | undefined;
      /** It was too much at once. */
      isTooLarge?: boolean;
    } = {},
  ) {
    super(message);
  }
}

/** The code of a system error, such as ECONNREFUSED. Its message is not for people: it may hold an address. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "an error";
}
