import type { KeyringInfo } from "../../lib/shapes";
import { count } from "../ui/amount";
import { Ago } from "../ui/clock";
import { Facts } from "../ui/page-header";
import { Fingerprint } from "./fingerprint";

/** The keyring at a glance. */
export function KeyFacts({ info }: { info: KeyringInfo }) {
  const { fingerprint, kdf, createdAt } = info;
  return (
    <Facts
      facts={[
        { label: "Master key of this process", value: <Fingerprint of={fingerprint} /> },
        { label: "Derived by", value: kdfWords(kdf) },
        { label: "Values", value: valueWords(info) },
        { label: "Keyring made", value: <Ago at={createdAt} /> },
      ]}
    />
  );
}

/** How many values there are, and how many of them can't open. */
function valueWords({ reseal, unopened, lost }: KeyringInfo): string {
  return [
    count(reseal.total),
    ...(unopened > 0 ? [`${count(unopened)} under no key of this keyring`] : []),
    ...(lost > 0 ? [`and ${count(lost)} lost`] : []),
  ].join(", ");
}

/** A key derivation in words, from its `scrypt:N:r:p`: a guess takes 128·N·r bytes (RFC 7914, section 2). */
function kdfWords(kdf: string): string {
  const [, n = "", r = ""] = /^scrypt:(\d+):(\d+):\d+$/.exec(kdf) ?? [];
  const mebibytes = (128 * Number(n) * Number(r)) / 2 ** 20;
  return n === "" ? kdf : `scrypt, ${count(mebibytes)} MiB a guess`;
}
