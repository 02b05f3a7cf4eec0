import { request, type ClientRequest, type IncomingHttpHeaders } from "node:http";
import { onTestFinished } from "vitest";
import type { WatchEvent } from "../../lib/shapes";
import type { Client } from "./coffer";

type Kind = WatchEvent["kind"];

/** An event as a client reads it. */
export type Heard = { id: string | undefined } & WatchEvent;

/** A connection that watches: what it has heard, and what it waits for. */
export class WatchConnection {
  status = 0;
  headers: IncomingHttpHeaders = {};
  /** Every byte that came, as text. */
  text = "";
  isOver = false;
  readonly #request: ClientRequest;
  #wake: () => void = () => undefined;

  constructor(
    client: Client,
    path: string,
    options: { lastEventId?: string; body?: string; type?: string } = {},
  ) {
    const { lastEventId, body, type = "application/json" } = options;
    this.#request = request(client.url + path, {
      method: body === undefined ? "GET" : "POST",
      agent: false,
      headers: {
        ...client.headers,
        ...(lastEventId !== undefined && { "last-event-id": lastEventId }),
        ...(body !== undefined && {
          "content-type": type,
          "content-length": Buffer.byteLength(body),
        }),
      },
    });
    this.#request.on("response", (response) => {
      this.status = response.statusCode ?? 0;
      this.headers = response.headers;
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        this.text += text;
        this.#wake();
      });
      response.on("error", () => undefined);
      response.on("close", () => {
        this.isOver = true;
        this.#wake();
      });
    });
    this.#request.on("error", () => {
      this.isOver = true;
      this.#wake();
    });
    this.#request.end(body);
    onTestFinished(() => this.close());
  }

  /** What it has heard by now. */
  get events(): Heard[] {
    return this.text.split("\n\n").slice(0, -1).flatMap(readEvent);
  }

  /** Waits until `isThere` holds. Fails where the connection ends before. */
  async until(isThere: () => boolean): Promise<void> {
    while (!isThere()) {
      if (this.isOver) throw new Error(`It ended: ${String(this.status)} ${this.text}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Waits for so many events of that kind; returns the last of them. */
  async heard<K extends Kind>(kind: K, count = 1): Promise<Extract<WatchEvent, { kind: K }>> {
    const those = () => this.events.filter((event) => event.kind === kind);
    await this.until(() => those().length >= count);
    return those()[count - 1] as never;
  }

  /** What it hears, one after the other, to the end of the connection: also that all is `unchanged`, which is a comment. */
  async *hears(): AsyncGenerator<Heard | "unchanged"> {
    for (let at = 0; ;) {
      const end = this.text.indexOf("\n\n", at);
      if (end >= 0) {
        const block = this.text.slice(at, end);
        at = end + 2;
        if (block === ": unchanged") yield "unchanged";
        yield* readEvent(block);
      } else if (this.isOver) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Waits for the end of the connection. */
  async over(): Promise<void> {
    while (!this.isOver) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  close(): void {
    this.#request.destroy();
  }
}

/** The address that watches these references. */
export function watchPath(...references: string[]): string {
  const query = new URLSearchParams(references.map((reference) => ["reference", reference]));
  return `/api/v1/watch?${query.toString()}`;
}

function readEvent(block: string): Heard[] {
  const fields = new Map(
    block.split("\n").flatMap((line): [string, string][] => {
      const at = line.indexOf(": ");
      return at > 0 ? [[line.slice(0, at), line.slice(at + 2)]] : [];
    }),
  );
  const data = fields.get("data");
  if (data === undefined) return [];
  const kind = fields.get("event") as Kind;
  return [{ id: fields.get("id"), kind, ...(JSON.parse(data) as object) } as Heard];
}
