import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A way to a server that can be cut, or drop without a word what is sent. */
export interface UnsteadyWay {
  databaseUrl: string;
  /** How many connections have been asked for. */
  connections: number;
  /** How many of them are open. */
  open: number;
  /** Ends every connection, and refuses new ones. */
  cut(): void;
  /** Passes nothing on any more, in either direction and on new connections neither. Nobody is told. */
  stall(): void;
  /** New connections are as they were at first. What was stalled never comes. */
  mend(): void;
}

/**
 * Leads to the server, as long as it does.
 * @param shown is shown what the server says and is passed on, and by which connection
 */
export async function unsteadyWayTo(
  databaseUrl: string,
  shown: (bytes: Buffer, connection: object) => void = () => undefined,
): Promise<UnsteadyWay> {
  const to = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let state: "steady" | "cut" | "stalled" = "steady";
  let passed = new Set<Socket>();
  const way = {
    ...{ databaseUrl: "", connections: 0, open: 0 },
    cut() {
      state = "cut";
      for (const socket of sockets) socket.destroy();
    },
    stall() {
      state = "stalled";
      passed = new Set();
    },
    mend() {
      state = "steady";
    },
  };
  const proxy = createServer((client) => {
    way.connections++;
    way.open++;
    client.on("close", () => way.open--);
    if (state === "cut") {
      client.destroy();
      return;
    }
    if (state === "steady") passed.add(client);
    const upstream = connect(Number(to.port), to.hostname);
    const join = (from: Socket, into: Socket) => {
      sockets.add(from);
      from.on("error", () => undefined);
      from.on("data", (bytes) => {
        if (!passed.has(client)) return;
        if (from === upstream) shown(bytes, client);
        into.write(bytes);
      });
      from.on("close", () => {
        sockets.delete(from);
        if (passed.has(client)) into.end();
      });
    };
    join(client, upstream);
    join(upstream, client);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  const { port } = proxy.address() as AddressInfo;
  way.databaseUrl = Object.assign(new URL(databaseUrl), { port: String(port) }).href;
  return way;
}
