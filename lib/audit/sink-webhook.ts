import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { request as requestHttp, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import { codeOf, SinkError, type Sink } from "./sink";

/** How long a receiver may take from the first byte to the whole of its answer. */
const WEBHOOK_TIMEOUT_MS = 10_000;
/** More than this of an answer is not waited for: its status says all there is to know. */
const ANSWER_MAX_BYTES = 64 * 1024;
const RETRY_AFTER_MAX_SECONDS = 300;

/** The headers by which a receiver knows that a batch is from here (docs/audit-stream.md). */
const TIMESTAMP_HEADER = "X-Coffer-Timestamp";
const SIGNATURE_HEADER = "X-Coffer-Signature";

/**
 * Posts batches as JSON Lines, signed. No redirect is followed: what is sent goes to the address that the operator
 * has set, and to no other. A connection each, so that none can be closed from the other side just as it is used.
 */
export function webhookSink(
  { url, secret }: { url: URL; secret: string },
  now: () => Date,
  timeoutMs = WEBHOOK_TIMEOUT_MS,
): Sink {
  const key = createSecretKey(Buffer.from(secret));
  const underWay = new Set<AbortController>();
  let isClosed = false;
  return {
    kind: "webhook",
    to: url.origin,
    async deliver(body) {
      const timestamp = String(Math.floor(now().getTime() / 1_000));
      const headers = {
        "Content-Type": "application/x-ndjson",
        "Content-Length": body.length,
        "User-Agent": "Coffer",
        [TIMESTAMP_HEADER]: timestamp,
        [SIGNATURE_HEADER]: signatureOf(key, timestamp, body),
      };
      // One for each post: what listens to a signal that lives on would stay as long as that does.
      const ending = new AbortController();
      if (isClosed) ending.abort();
      underWay.add(ending);
      try {
        const { status, retryAfter } = await post(url, headers, body, { timeoutMs, ending });
        if (status < 200 || status > 299) throw refusal(status, retryAfter);
      } finally {
        underWay.delete(ending);
      }
    },
    close: () => {
      isClosed = true;
      for (const ending of underWay) ending.abort();
      return Promise.resolve();
    },
  };
}

/** `v1=` and, in hexadecimal, HMAC-SHA-256 over the timestamp, a dot and the body. */
function signatureOf(key: KeyObject, timestamp: string, body: Uint8Array): string {
  return `v1=${createHmac("sha256", key).update(`${timestamp}.`).update(body).digest("hex")}`;
}

interface Answer {
  status: number;
  retryAfter: string | undefined;
}

/** Why a post is given up that takes too long. */
const LATE = new Error("no answer in time");

async function post(
  url: URL,
  headers: Record<string, string | number>,
  body: Uint8Array,
  { timeoutMs, ending }: { timeoutMs: number; ending: AbortController },
): Promise<Answer> {
  const { signal } = ending;
  const timer = setTimeout(() => {
    ending.abort(LATE);
  }, timeoutMs).unref();
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  try {
    return await new Promise<Answer>((resolve, reject) => {
      request(url, { method: "POST", headers, signal, agent: false }, (response) => {
        readToEnd(response, () => {
          resolve({
            status: response.statusCode ?? 0,
            retryAfter: response.headers["retry-after"],
          });
        });
        response.on("error", reject);
      })
        .on("error", reject)
        .end(body);
    });
  } catch (error) {
    if (signal.reason === LATE) {
      throw new SinkError(`It did not answer within ${String(timeoutMs / 1_000)} seconds.`);
    }
    throw new SinkError(`It can't be reached, or has closed the connection (${codeOf(error)}).`);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for the end of an answer, up to a limit, so that what was half answered counts as not answered. */
function readToEnd(response: IncomingMessage, done: () => void): void {
  let bytes = 0;
  response.on("end", done).on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= ANSWER_MAX_BYTES) return;
    done();
    response.destroy();
  });
}

function refusal(status: number, retryAfter: string | undefined): SinkError {
  const seconds = Number(retryAfter);
  const isGiven = Number.isInteger(seconds) && seconds > 0 && seconds <= RETRY_AFTER_MAX_SECONDS;
  return new SinkError(`${saying(status)}.`, {
    retryAfterMs: isGiven ? seconds * 1_000 : undefined,
    isTooLarge: status === 413,
  });
}

function saying(status: number): string {
  const answered = `It answered ${String(status)}`;
  if (status >= 300 && status <= 399) {
    return `${answered}, a redirect, and none is followed: set COFFER_AUDIT_WEBHOOK_URL to the address that it leads to`;
  }
  if (status === 401 || status === 403) return `${answered}: it takes nothing from Coffer`;
  return `${answered} and not 2xx`;
}
