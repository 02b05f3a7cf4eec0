import { request } from "node:http";
import { connect } from "node:net";
import type { Answer } from "./coffer";

/** Sends what `fetch` does not let through: any Host, any path, any method. `body` is sent with its length. */
export function sendRaw(
  url: string,
  options: {
    method?: string;
    path: string;
    headers?: Record<string, string>;
    body?: string | Uint8Array;
  },
): Promise<Answer> {
  const { method = "GET", path, body } = options;
  const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
  const headers = { ...length, ...options.headers };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const lines = Object.entries(response.headersDistinct);
        resolve(
          answer(
            response.statusCode ?? 0,
            new Headers(
              lines.flatMap(([name, values = []]) =>
                values.map((value) => [name, value] as [string, string]),
              ),
            ),
            Buffer.concat(chunks).toString("utf8"),
          ),
        );
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Writes `text` to the socket as it is and returns what comes back until the server closes. */
export function sendBytes(
  url: string,
  text: string | Uint8Array,
  halfClose = false,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    let received = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => (received += chunk));
    socket.on("error", reject);
    socket.on("close", () => {
      resolve(received);
    });
    if (halfClose) socket.end(text);
    else socket.write(text);
  });
}

function answer(status: number, headers: Headers, text: string): Answer {
  const isJson = headers.get("content-type")?.includes("json");
  const json = isJson && text !== "" ? (JSON.parse(text) as Record<string, unknown>) : undefined;
  return { status, headers, text, json };
}
