import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/*
 * What Coffer is measured against: `node:http` and nothing else. It reads a body, parses it as JSON, and answers with JSON that
 * it makes anew, of the very members that Coffer's answer to that request has.
 */
const answers = new Map<string, object>();

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = JSON.parse(Buffer.concat(chunks).toString()) as object;
    const path = request.url ?? "";
    if (request.method === "PUT") answers.set(path, body);
    const answer = JSON.stringify(answers.get(path));
    response.writeHead(200, {
      "content-type": "application/json; charset=utf-8",
      "content-length": Buffer.byteLength(answer),
    });
    response.end(answer);
  });
});

server.listen(0, "127.0.0.1", () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.once("disconnect", () => process.exit(0));
