import { describe, expect, it, test } from "vitest";
import { addressBlock, clientAddress, isAddressIn, isCidr } from "./address";

describe("a block of addresses", () => {
  it("is an IPv4 or IPv6 address, or a network of them", () => {
    for (const good of [
      ...["10.0.0.0/8", "192.0.2.1", "0.0.0.0/0", "10.0.0.0/08", "::1", "::/0", "2001:db8::/32"],
      ...["::ffff:10.0.0.0/104", "fe80::1/128"],
    ]) {
      expect(isCidr(good), good).toBe(true);
    }
    for (const bad of [
      ...[
        "",
        " ",
        "localhost",
        "10.0.0.0/33",
        "::/129",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "10.0.0.0/8/8",
      ],
      ...[
        "10.0/16",
        "10.0.0.1:80",
        "[::1]",
        "fe80::1%eth0",
        "10.0.0.0/8 ",
        "10.0.0.0/0x8",
        "*",
        "/8",
      ],
    ]) {
      expect(isCidr(bad), JSON.stringify(bad)).toBe(false);
    }
  });

  it.each<[blocks: string[], address: string, inside: boolean]>([
    [["192.0.2.1/32"], "192.0.2.1", true],
    [["192.0.2.1/32"], "192.0.2.2", false],
    [["192.0.2.1"], "192.0.2.1", true],
    [["10.0.0.0/8"], "10.255.255.255", true],
    [["10.0.0.0/8"], "11.0.0.0", false],
    [["10.1.2.3/8"], "10.9.9.9", true],
    [["0.0.0.0/0"], "203.0.113.9", true],
    [["0.0.0.0/0"], "2001:db8::1", false],
    [["0.0.0.0/0"], "::ffff:10.0.0.1", false],
    [["::/0"], "2001:db8::1", true],
    [["::/0"], "203.0.113.9", false],
    [["::/1"], "127.0.0.1", false],
    [["::ffff:10.0.0.0/104"], "10.0.0.1", false],
    [["::/0", "10.0.0.0/8"], "10.0.0.1", true],
    [["2001:db8::/32"], "2001:db8:ffff::1", true],
    [["2001:db8::/32"], "2001:db9::1", false],
    [["::1/128"], "::1", true],
    [["::1"], "::1", true],
    [["::1/128"], "127.0.0.1", false],
    [["127.0.0.0/8", "::1/128"], "::1", true],
    [["fe80::/10"], "fe80::1%eth0", true],
    [["10.0.0.0/8"], "", false],
    [["10.0.0.0/8"], "not an address", false],
    [["10.0.0.0/8"], "10.0.0.1:80", false],
    [["10.0.0.0/8"], "010.0.0.1", false],
  ])("%j holds %s: %s", (blocks, address, inside) => {
    expect(isAddressIn(blocks, address)).toBe(inside);
  });
});

describe("where a request came from", () => {
  const PROXIES = ["10.0.0.0/8", "::1"];

  it.each<[peer: string, forwardedFor: string | undefined, address: string]>([
    // Without a proxy in front, a header is only something that somebody wrote.
    ["192.0.2.1", undefined, "192.0.2.1"],
    ["192.0.2.1", "203.0.113.9", "192.0.2.1"],
    ["192.0.2.1", "10.0.0.1, 203.0.113.9", "192.0.2.1"],
    // A proxy is believed about the one before it, and no further than proxies go.
    ["10.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["10.0.0.1", "198.51.100.7, 203.0.113.9", "203.0.113.9"],
    ["10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"],
    ["10.0.0.1", "198.51.100.7,203.0.113.9,10.0.0.3,10.0.0.2", "203.0.113.9"],
    ["::1", "2001:db8::5", "2001:db8::5"],
    ["::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"],
    // What is no address says nothing, and neither does all that stands before it.
    ["10.0.0.1", "203.0.113.9, unknown", "10.0.0.1"],
    ["10.0.0.1", "203.0.113.9, 10.0.0.2:443", "10.0.0.1"],
    ["10.0.0.1", "", "10.0.0.1"],
    ["10.0.0.1", " , ,", "10.0.0.1"],
    ["10.0.0.1", undefined, "10.0.0.1"],
    ["10.0.0.1", "10.0.0.2, 10.0.0.3", "10.0.0.2"],
    ["", "203.0.113.9", ""],
  ])("from %s with X-Forwarded-For %s: %s", (peer, forwardedFor, address) => {
    expect(clientAddress(PROXIES, peer, forwardedFor)).toBe(address);
  });

  it("is the peer, where no proxy is trusted, whatever a header says", () => {
    expect(clientAddress([], "10.0.0.1", "203.0.113.9")).toBe("10.0.0.1");
  });
});

describe("where a request came from", () => {
  const proxies = ["10.0.0.0/8", "::1"];
  test.each([
    ["192.0.2.9", "198.51.100.7", "192.0.2.9"], // nobody's proxy: its header says nothing
    ["10.0.0.1", undefined, "10.0.0.1"],
    ["10.0.0.1", "198.51.100.7", "198.51.100.7"],
    ["::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7"],
    ["10.0.0.1", "198.51.100.7, 10.0.0.2", "198.51.100.7"],
    ["10.0.0.1", "203.0.113.66, 198.51.100.7", "198.51.100.7"], // the client wrote the first one
    ["10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"],
    ["10.0.0.1", "not an address", "10.0.0.1"],
    ["::1", "2001:db8::5", "2001:db8::5"],
  ])("peer %s with X-Forwarded-For %s is %s", (peer, forwardedFor, address) => {
    expect(clientAddress(proxies, peer, forwardedFor)).toBe(address);
  });
});

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:01:0002::", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["::", "0:0:0:0::/64"],
  ["1::2:3:4:5:6", "1:0:0:2::/64"],
  ["1:2:3:4:5:6:7::", "1:2:3:4::/64"],
  ["64:ff9b::192.0.2.33", "64:ff9b:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["", ""],
  ["local", "local"],
])("%s counts as %s", (address, block) => {
  expect(addressBlock(address)).toBe(block);
});
