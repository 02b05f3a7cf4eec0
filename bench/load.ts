import { connect, type Socket } from "node:net";

/*
 * The load generator, a process of its own: keeps connections open, sends requests that are ready-made bytes, and reads of an
 * answer only its status and its length, so that it costs as little as it can beside what it measures. It sleeps when it waits: one
 * that never does keeps a core from the server's threads.
 */

/** What is to be sent, and for how long. */
export interface Job {
  /** Connections are spread over them. */
  ports: number[];
  /** Whole requests, head and body. Taken in turn, each connection from a place of its own. */
  requests: string[];
  connections: number;
  ms: number;
  /** Requests a second that come whether or not earlier ones were answered; null: each connection sends when it has its answer. */
  rate: number | null;
  /** The status that every answer must have. */
  status: number;
}

/** What came of it. Latencies are in milliseconds, from when a request was due. */
export interface Load {
  answers: number;
  ms: number;
  p50Ms: number;
  p99Ms: number;
}

process.on("message", (job: Job) => {
  run(job).then(
    (load) => process.send?.(load),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});

process.once("disconnect", () => process.exit(0)); // the benchmark has ended, in whatever way

async function run(job: Job): Promise<Load> {
  const requests = job.requests.map((text) => Buffer.from(text));
  const latencies: number[] = [];
  const due: number[] = [];
  const idle: Connection[] = [];
  let ended = false;
  let next = 0;
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  const send = (connection: Connection, dueAt: number): void => {
    const request = requests[next++ % requests.length];
    if (request) connection.send(request, dueAt);
  };
  const answered = (connection: Connection, dueAt: number): void => {
    const now = performance.now();
    latencies.push(now - dueAt);
    if (ended) return;
    if (job.rate === null) send(connection, now);
    else if (due.length > 0) send(connection, due.shift() ?? now);
    else idle.push(connection);
  };
  const connections = await Promise.all(
    Array.from({ length: job.connections }, (_, index) =>
      Connection.open(
        { port: job.ports[index % job.ports.length] ?? 0, status: job.status },
        answered,
        (error) => fail(error),
      ),
    ),
  );
  const from = performance.now();
  const end = new Promise<void>((resolve) => setTimeout(resolve, job.ms));
  if (job.rate === null) {
    for (const connection of connections) send(connection, from);
  } else {
    idle.push(...connections);
    const { rate } = job;
    let issued = 0;
    const tick = (): void => {
      if (ended) return;
      const now = performance.now();
      for (; issued < ((now - from) * rate) / 1000; issued++) {
        const connection = idle.pop();
        if (connection) send(connection, now);
        else due.push(now);
      }
      setTimeout(tick, 1);
    };
    tick();
  }
  await Promise.race([end, failed]).finally(() => {
    ended = true;
  });
  const ms = performance.now() - from;
  for (const connection of connections) connection.close();
  // What was due and never sent counts as having taken until now.
  for (const at of due) latencies.push(performance.now() - at);
  latencies.sort((a, b) => a - b);
  const at = (part: number) => latencies[Math.floor((latencies.length - 1) * part)] ?? NaN;
  return { answers: latencies.length, ms, p50Ms: at(0.5), p99Ms: at(0.99) };
}

const HEAD_END = Buffer.from("\r\n\r\n");

/** One connection with at most one request under way. */
class Connection {
  #dueAt = 0;
  /** Bytes of the answer that are still to come; before its head is read, undefined. */
  #missing: number | undefined;
  #head: Uint8Array = Buffer.alloc(0);

  private constructor(
    readonly socket: Socket,
    readonly status: number,
    readonly answered: (connection: Connection, dueAt: number) => void,
    readonly failed: (error: Error) => void,
  ) {
    socket.setNoDelay(true);
    socket.on("data", (bytes) => this.#read(bytes));
    socket.on("error", failed);
  }

  static open(
    { port, status }: { port: number; status: number },
    answered: (connection: Connection, dueAt: number) => void,
    failed: (error: Error) => void,
  ): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => {
        resolve(new Connection(socket, status, answered, failed));
      }).once("error", reject);
    });
  }

  send(request: Buffer, dueAt: number): void {
    this.#dueAt = dueAt;
    this.socket.write(request);
  }

  close(): void {
    this.socket.removeAllListeners("data");
    this.socket.destroy();
  }

  #read(bytes: Buffer): void {
    if (this.#missing === undefined) {
      const all = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes]);
      const at = all.indexOf(HEAD_END);
      if (at < 0) {
        this.#head = all;
        return;
      }
      const head = all.toString("latin1", 0, at);
      const length = /content-length: *(\d+)/i.exec(head)?.[1];
      if (!head.startsWith(`HTTP/1.1 ${String(this.status)} `) || length === undefined) {
        this.failed(new Error(`Unexpected answer: ${all.toString().slice(0, 2_000)}`));
        return;
      }
      this.#head = Buffer.alloc(0);
      this.#missing = Number(length) - (all.length - at - HEAD_END.length);
    } else {
      this.#missing -= bytes.length;
    }
    if (this.#missing > 0) return;
    this.#missing = undefined;
    this.answered(this, this.#dueAt);
  }
}
