import { isIP } from "node:net";
import { describe, expect, it } from "vitest";
import { mulberry32 } from "../tests/support/seeded-random";
import { isAddressIn, isCidr } from "./address";
import { isInIpBlock, readIp, readIpBlock } from "./ip-block";

const SEED = Date.now() % 2 ** 31;
const random = mulberry32(SEED);
const below = (most: number) => Math.floor(random() * most);
const pick = <T>(some: readonly T[]): T => some[below(some.length)] as T;
const told = (text: string) => `seed ${String(SEED)}: ${text}`;

describe("an IP address", () => {
  it.each([
    ["10.0.3.7", [10, 0, 3, 7]],
    ["::", Array<number>(16).fill(0)],
    ["::1", [...Array<number>(15).fill(0), 1]],
    ["2001:DB8::ff:1", [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0, 1]],
    ["::ffff:192.0.2.1", [...Array<number>(10).fill(0), 255, 255, 192, 0, 2, 1]],
    ["1:2:3:4:5:6:7::", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 0]],
  ])("%s is read", (text, bytes) => {
    expect(readIp(text)).toEqual(bytes);
  });

  it.each(["", "10.0.3", "10.0.3.07", "10.0.3.256", "10.0.3.7 ", "local", ":::", "1::2::3", ":1"])(
    "%j is none",
    (text) => {
      expect(readIp(text)).toBeNull();
    },
  );

  it("is one for Coffer where it is one for Node, and so is a block", () => {
    const parts = ["0", "1", "10", "255", "256", "ff", "dB8", "2001", "12345", "01", ""];
    const lengths = ["0", "7", "8", "32", "33", "64", "128", "129", "x", ""];
    let good = 0;
    for (let round = 0; round < 20_000; round++) {
      const between = pick([[":"], ["."], [":", ":", "::"], [":", "."]]);
      const part = () => pick(parts) + pick(between);
      const address = Array.from({ length: 1 + below(9) }, part)
        .join("")
        .replace(/[:.]$/, "");
      const block = `${address}/${pick(lengths)}`;
      if (isIP(address) > 0) good += 1;
      expect(readIp(address) !== null, told(address)).toBe(isIP(address) > 0);
      expect(readIpBlock(block) !== null, told(block)).toBe(isCidr(block));
    }
    expect(good, told("")).toBeGreaterThan(100);
  });
});

describe("a block", () => {
  const hasIn = (block: string, address: string) => {
    const [one, bytes] = [readIpBlock(block), readIp(address)];
    if (!one || !bytes) throw new Error("no block or no address");
    return isInIpBlock(one, bytes);
  };

  it.each([
    ["10.0.0.0/8", "10.255.0.1", true],
    ["10.0.0.0/8", "11.0.0.1", false],
    ["10.9.9.9/8", "10.0.0.1", true],
    ["172.16.0.0/12", "172.31.255.255", true],
    ["172.16.0.0/12", "172.32.0.0", false],
    ["0.0.0.0/0", "192.0.2.1", true],
    ["0.0.0.0/0", "::1", false],
    ["::/0", "192.0.2.1", false],
    ["192.0.2.1", "192.0.2.1", true],
    ["192.0.2.0/31", "192.0.2.2", false],
    ["2001:db8::/32", "2001:DB8:ffff::1", true],
    ["2001:db8::/33", "2001:db8:8000::", false],
    ["::1", "0:0:0:0:0:0:0:1", true],
  ])("%s has %s: %s", (block, address, isIn) => {
    expect(hasIn(block, address)).toBe(isIn);
    expect(isAddressIn([block], address)).toBe(isIn);
  });

  it("has the addresses that Node's has", () => {
    for (let round = 0; round < 5_000; round++) {
      const [count, between] = pick([[4, "."], [8, ":"]] as const); // prettier-ignore
      const part = () => (count === 4 ? String(pick([0, 1, 127, 128, 255])) : pick(["0", "1", "ff", "8000", "ffff"])); // prettier-ignore
      const one = () => Array.from({ length: count }, part).join(between);
      const [block, address] = [`${one()}/${String(below(count === 4 ? 33 : 129))}`, one()];
      expect(hasIn(block, address), told(`${block} ${address}`)).toBe(
        isAddressIn([block], address),
      );
    }
  });
});
