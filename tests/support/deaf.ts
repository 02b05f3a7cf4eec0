import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** Leads to the server, until it is deaf: then it passes on the next `word` and hangs up before the answer. Once. */
export async function deafTo(databaseUrl: string, word: string) {
  const to = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const state = { databaseUrl: "", isDeaf: false };
  const proxy = createServer((client) => {
    const upstream = connect(Number(to.port), to.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
    }
    let isCutOff = false;
    client.on("data", (bytes) => {
      if (state.isDeaf && bytes.includes(word)) [isCutOff, state.isDeaf] = [true, false];
      upstream.write(bytes);
    });
    upstream.on("data", (bytes) => {
      if (isCutOff) client.destroy();
      else client.write(bytes);
    });
    client.on("close", () => upstream.end());
    upstream.on("close", () => client.end());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  const { port } = proxy.address() as AddressInfo;
  state.databaseUrl = Object.assign(new URL(databaseUrl), { port: String(port) }).href;
  return state;
}
