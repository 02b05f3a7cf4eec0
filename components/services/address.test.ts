import { describe, expect, it } from "vitest";
import { isCidr } from "../../lib/address";
import { addressTrouble } from "./address";

const GOOD = [
  ...["10.0.0.0/8", "192.0.2.7", "0.0.0.0/0", "255.255.255.255/32", "10.0.0.1/0"],
  ...["::1", "::/0", "2001:db8::/32", "2001:DB8::1/128", "::ffff:10.0.0.1", "1:2:3:4:5:6:7:8"],
];

describe("what the browser says of an address", () => {
  it.each(GOOD)("is nothing of %s, which the server takes", (text) => {
    expect(isCidr(text)).toBe(true);
    expect(addressTrouble(text)).toBeUndefined();
  });

  it.each([
    ["", "numbers"],
    ["localhost", "not as a name"],
    ["example.com/8", "not as a name"],
    ["10.0.0.1:80", "port"],
    ["fe80::1%eth0", "zone"],
    ["10.0.0", "four numbers"],
    ["10.0/16", "four numbers"],
    ["10.0.0.256", "four numbers"],
    ["010.0.0.1", "four numbers"],
    ["1.2.3.4.5", "four numbers"],
    ["1:2:3", "IPv6 looks like"],
    ["1::2::3", "IPv6 looks like"],
    ["::g", "not as a name"],
    ["10.0.0.0/33", "0 to 32"],
    ["10.0.0.0/", "0 to 32"],
    ["10.0.0.0/-1", "0 to 32"],
    ["10.0.0.0/8/8", "0 to 32"],
    ["::/129", "0 to 128"],
  ])("is why of %j, which the server refuses", (text, why) => {
    expect(isCidr(text)).toBe(false);
    expect(addressTrouble(text)).toContain(why);
  });
});
