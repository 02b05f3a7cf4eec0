const OCTET = /^(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/;

/**
 * Why a text is no address and no CIDR block, in words; nothing if it is one. For the reader's sake only: the
 * server has the last word, with lib/address.ts, which browsers can't run.
 */
export function addressTrouble(text: string): string | undefined {
  const [network = "", bits, ...rest] = text.split("/");
  const most = isIpv4(network) ? 32 : isIpv6(network) ? 128 : undefined;
  if (most === undefined) return `“${text}” is no address: ${whyNot(network)}.`;
  if (bits === undefined) return undefined;
  const fits = rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
  return fits
    ? undefined
    : `“${text}” is no block: after the / comes a number from 0 to ${String(most)}.`;
}

function whyNot(network: string): string {
  if (/^\d+\.\d+\.\d+\.\d+:\d+$/.test(network)) return "leave the port out";
  if (network.includes("%")) return "leave the zone (after the %) out";
  if (/^[\d.]+$/.test(network)) return "IPv4 has four numbers from 0 to 255, such as 10.0.0.7";
  if (/^[\da-f:.]+$/i.test(network) && network.includes(":")) return "IPv6 looks like 2001:db8::1";
  return "write it as numbers, such as 10.0.0.0/8 or 2001:db8::/32, and not as a name";
}

function isIpv4(text: string): boolean {
  const octets = text.split(".");
  return octets.length === 4 && octets.every((octet) => OCTET.test(octet));
}

function isIpv6(text: string): boolean {
  return /^[\da-f:.]+$/i.test(text) && text.includes(":") && URL.canParse(`http://[${text}]`);
}
