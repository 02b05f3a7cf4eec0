import { Worker } from "node:worker_threads";
import { afterEach, expect, test } from "vitest";
import { askedThread, type AskedThread } from "./asked-thread";

type Task = "echo" | "fail" | "stop" | "wait";

const PROGRAM = `
  const { parentPort } = require("node:worker_threads");
  parentPort.on("message", ({ id, task }) => {
    if (task === "stop") process.exit(1);
    if (task === "wait") return;
    parentPort.postMessage(task === "fail" ? { id, failed: "bad" } : { id, result: task });
  });`;

let starts = 0;
let thread: AskedThread<Task>;

function open(): AskedThread<Task> {
  starts = 0;
  thread = askedThread<Task, string>({
    start: () => {
      starts++;
      return new Worker(PROGRAM, { eval: true });
    },
    errorOf: (failed) => new Error(`it says ${failed}`),
    goneBy: () => new Error("gone"),
  });
  return thread;
}

afterEach(() => thread.end());

test("each task gets the answer that is its own, and a failure fails that one only", async () => {
  const { ask } = open();
  const [first, second, third] = await Promise.allSettled([ask("echo"), ask("fail"), ask("echo")]);
  expect([first, third]).toEqual([
    { status: "fulfilled", value: "echo" },
    { status: "fulfilled", value: "echo" },
  ]);
  expect(second).toMatchObject({ reason: new Error("it says bad") });
  expect(starts).toBe(1);
});

test("a thread that ends fails what it has not answered, and is started again for the next task", async () => {
  const { ask } = open();
  const lost = await Promise.allSettled([ask("wait"), ask("stop")]);
  expect(lost).toEqual([
    { status: "rejected", reason: new Error("gone") },
    { status: "rejected", reason: new Error("gone") },
  ]);
  expect(await ask("echo")).toBe("echo");
  expect(starts).toBe(2);
});

test("ending it fails what it has not answered", async () => {
  const { ask, end } = open();
  const waiting = ask("wait");
  const refused = expect(waiting).rejects.toThrow("gone");
  await end();
  await refused;
});
