import { BlockList, isIP } from "node:net";

/** Whether `text` is an IP address, or a CIDR block of them. */
export function isCidr(text: string): boolean {
  const [network = "", bits, ...rest] = text.split("/");
  const version = isIP(network);
  if (version === 0 || network.includes("%") || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 6 ? 128 : 32);
}

/** Whether `address` lies in one of the blocks. What is no address lies in none. */
export function isAddressIn(blocks: readonly string[], address: string): boolean {
  const version = isIP(address);
  if (version === 0) return false;
  const list = new BlockList();
  for (const block of blocks) {
    const [network = "", bits] = block.split("/");
    const family = isIP(network) === 6 ? "ipv6" : "ipv4";
    list.addSubnet(network, Number(bits ?? (family === "ipv6" ? 128 : 32)), family);
  }
  return list.check(address, version === 6 ? "ipv6" : "ipv4");
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
