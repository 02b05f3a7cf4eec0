import { describe, expect, it } from "vitest";
import { Queue } from "./queue";

describe("events that wait", () => {
  it("are bounded: known callers' and unknown ones' apart, so that a flood takes nobody's place", () => {
    const queue = new Queue<string>();
    const added = Array.from({ length: 5_000 }, () => queue.add("unknown", false));
    expect(added.filter(Boolean)).toHaveLength(1_000);
    const known = Array.from({ length: 10_001 }, () => queue.add("known", true));
    expect(known.filter(Boolean)).toHaveLength(10_000);
  });

  it("are taken in the order in which they came, and the unknown ones are not kept waiting for ever", () => {
    const queue = new Queue<string>();
    for (let i = 0; i < 200; i++) queue.add(`unknown ${String(i)}`, false);
    for (let i = 0; i < 1_500; i++) queue.add(`known ${String(i)}`, true);
    const first = queue.take();
    expect(first.slice(0, 2)).toEqual(["known 0", "known 1"]);
    expect(first.slice(1_000)).toHaveLength(100);
    expect(first.at(-1)).toBe("unknown 99");
    expect(queue.take()).toHaveLength(600);
    expect(queue.isEmpty).toBe(true);
  });
});
