/** All IP addresses that begin with the first `bits` of `bytes`, which are 4 or 16. */
export interface IpBlock {
  bytes: readonly number[];
  bits: number;
}

/** Reads an address, or a CIDR block such as `10.0.0.0/8`; null for any other text. What is after its bits is no matter. */
export function readIpBlock(text: string): IpBlock | null {
  const [address = "", length, ...rest] = text.split("/");
  const bytes = readIp(address);
  if (!bytes || rest.length > 0) return null;
  if (length === undefined) return { bytes, bits: bytes.length * 8 };
  if (!/^\d{1,3}$/.test(length) || Number(length) > bytes.length * 8) return null;
  return { bytes, bits: Number(length) };
}

/** The 4 or 16 bytes of an IP address; null for any other text, and for an address with a zone (`fe80::1%eth0`). */
export function readIp(text: string): number[] | null {
  return text.includes(":") ? readIp6(text) : readIp4(text);
}

/** Whether an address, by its bytes, lies in a block. One of IPv4 has none of IPv6, nor the other way round. */
export function isInIpBlock({ bytes, bits }: IpBlock, address: readonly number[]): boolean {
  if (address.length !== bytes.length) return false;
  return bytes.every((byte, at) => {
    const left = Math.min(8, Math.max(0, bits - at * 8));
    return (byte ^ (address[at] ?? 0)) >> (8 - left) === 0;
  });
}

function readIp4(text: string): number[] | null {
  const parts = text.split(".");
  const isByte = (part: string) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255;
  return parts.length === 4 && parts.every(isByte) ? parts.map(Number) : null;
}

/** RFC 4291, 2.2: eight groups, of which one run of zeros may be `::` and the last two an IPv4 address. */
function readIp6(text: string): number[] | null {
  const sides = text.split("::");
  if (sides.length > 2) return null;
  const [before = null, after = []] = sides.map((side, at) =>
    side === "" && sides.length === 2 ? [] : readGroups(side, at === sides.length - 1),
  );
  if (!before || !after) return null;
  const missing = 16 - before.length - after.length;
  if (sides.length === 2 ? missing < 2 : missing !== 0) return null;
  return [...before, ...Array<number>(missing).fill(0), ...after];
}

function readGroups(text: string, isLast: boolean): number[] | null {
  const groups = text.split(":");
  const bytes: number[] = [];
  for (const [at, group] of groups.entries()) {
    const ip4 = isLast && at === groups.length - 1 ? readIp4(group) : null;
    if (ip4) bytes.push(...ip4);
    else if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const number = parseInt(group, 16);
      bytes.push(number >> 8, number & 255);
    } else return null;
  }
  return bytes;
}
