import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { RecordEvent } from "../../lib/shapes";

export const WEBHOOK_SECRET = "a-secret-of-the-webhook-receiver";

/** A batch as it has arrived. */
export interface ReceivedBatch {
  headers: IncomingHttpHeaders;
  body: string;
  events: RecordEvent[];
}

/** What answers a batch; it may also never answer. */
export type Reaction = (response: ServerResponse, batch: ReceivedBatch) => void;

export const TAKE: Reaction = (response) => void response.writeHead(204).end();

export interface WebhookReceiver {
  /** Settings of a Coffer that delivers here. */
  env: Record<string, string>;
  /** Every batch that has arrived whole, whatever was answered. */
  batches: ReceivedBatch[];
  /** The events of those that were taken. */
  taken: RecordEvent[];
  /** How the next batches are answered. */
  reaction: Reaction;
}

/** Something that batches are posted to. Closed when the test ends. */
export async function startReceiver(reaction = TAKE): Promise<WebhookReceiver> {
  const receiver: WebhookReceiver = { env: {}, batches: [], taken: [], reaction };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      const batch = { headers: request.headers, body, events: eventsIn(body) };
      receiver.batches.push(batch);
      receiver.reaction(response, batch);
      if (response.writableEnded && response.statusCode < 300) receiver.taken.push(...batch.events);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  receiver.env = {
    COFFER_AUDIT_WEBHOOK_URL: `http://127.0.0.1:${String(port)}/audit?key=in-the-address`,
    COFFER_AUDIT_WEBHOOK_SECRET: WEBHOOK_SECRET,
  };
  return receiver;
}

/** The events of JSON Lines, each line of which must be one. */
export function eventsIn(lines: string): RecordEvent[] {
  return lines
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as RecordEvent);
}

/** Whether a batch is signed as docs/audit-stream.md says, with that secret. */
export function isSigned({ headers, body }: ReceivedBatch, secret = WEBHOOK_SECRET): boolean {
  const timestamp = String(headers["x-coffer-timestamp"]);
  return headers["x-coffer-signature"] === signed(timestamp, body, secret);
}

/** The signature of a batch that is sent at that time. */
export function signed(timestamp: string, body: string, secret = WEBHOOK_SECRET): string {
  return `v1=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}`;
}
