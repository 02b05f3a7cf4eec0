import { BlockList, isIP } from "node:net";

/** Whether `text` is an IP address, or a CIDR block of them. */
export function isCidr(text: string): boolean {
  const [network = "", bits, ...rest] = text.split("/");
  const version = isIP(network);
  if (version === 0 || network.includes("%") || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 6 ? 128 : 32);
}

const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "::1", "[::1]"]);

/** Whether `host`, in lower case and without a port, is a name of this machine that no other one is reached by. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host);
}

/**
 * A test for addresses that lie in one of the blocks. What is no address lies in none, and a block of one family
 * has no address of the other: BlockList would find every IPv4 address in `::/0`, as the IPv6 address that it
 * maps to.
 */
export function compileBlocks(blocks: readonly string[]): (address: string) => boolean {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const block of blocks) {
    const [network = "", bits] = block.split("/");
    const version = isIP(network);
    if (version === 4) lists.ipv4.addSubnet(network, Number(bits ?? 32), "ipv4");
    if (version === 6) lists.ipv6.addSubnet(network, Number(bits ?? 128), "ipv6");
  }
  return (address) => {
    const version = isIP(address);
    if (version === 0) return false;
    const family = version === 6 ? "ipv6" : "ipv4";
    return lists[family].check(address, family);
  };
}

/** Lists that were asked for before: that of the trusted proxies is asked for at every request. */
const compiled = new WeakMap<readonly string[], (address: string) => boolean>();

/** Whether `address` lies in one of the blocks. The list must not change afterwards. */
export function isAddressIn(blocks: readonly string[], address: string): boolean {
  let isIn = compiled.get(blocks);
  if (!isIn) {
    isIn = compileBlocks(blocks);
    compiled.set(blocks, isIn);
  }
  return isIn(address);
}

/**
 * What is counted as one address: an IPv4 address, or the 64 bits of an IPv6 network, since who has one address of
 * it has all. A text that is no address is taken as it is.
 */
export function addressBlock(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = (address.split("%", 1)[0] ?? "").toLowerCase().split("::", 2);
  const groups = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  // A dotted IPv4 address at the end is two groups in one.
  const missing = 8 - groups.length - after.length - (address.includes(".") ? 1 : 0);
  if (tail !== undefined) groups.push(...Array<string>(missing).fill("0"), ...after);
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}

/**
 * The address that a request came from. X-Forwarded-For is believed as far as trusted proxies wrote it: from
 * its end, the first address that is not one of them. Anybody can put anything before that.
 */
export function clientAddress(
  trustedProxies: readonly string[],
  peer: string,
  forwardedFor: string | undefined,
): string {
  const hops = (forwardedFor ?? "")
    .split(",")
    .map((hop) => plain(hop.trim()))
    .filter((hop) => hop !== "");
  let address = plain(peer);
  while (hops.length > 0 && isAddressIn(trustedProxies, address)) {
    const before = hops.pop() ?? "";
    if (isIP(before) === 0) break;
    address = before;
  }
  return address;
}

/** An IPv4 address is written as such also where the socket is IPv6. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}
