import { createPublicKey, verify, type KeyObject } from "node:crypto";
import type { RecordRows, StoredJournal } from "../store/journal-rows";
import type { Chain } from "./chain";

/** What stands for the first events of a journal once they were pruned (FORMAT.md, "Retention"). */
export interface Anchor {
  journal: string;
  /** The last event that was pruned, and its MAC: the chain goes on from there. */
  seq: number;
  mac: string;
  /** The MAC before the journal's first event: it covers the journal's row, which that event proved. */
  opening: string;
}

const FIRST_LINE = "coffer-anchor 1";
const ANCHOR =
  /^coffer-anchor 1\nvault ([\w-]{22})\nat [\d:.TZ-]{24}\njournal ([\w-]{1,36}) ([1-9]\d{0,14}) ([\w-]{43})\nopening ([\w-]{43})\nkey [\w-]{43}\nsignature ([\w-]{86})\n$/;

/** An anchor's lines up to the key. */
export function anchorLines(vault: string, at: Date, anchor: Anchor): string[] {
  return [
    ...[FIRST_LINE, `vault ${vault}`, `at ${at.toISOString()}`],
    `journal ${anchor.journal} ${String(anchor.seq)} ${anchor.mac}`,
    `opening ${anchor.opening}`,
  ];
}

/** Knows the anchors of a vault, by its public key. */
export class AnchorReader {
  readonly #key: KeyObject;

  constructor(
    private readonly vault: string,
    publicKey: string,
  ) {
    this.#key = createPublicKey({
      key: { kty: "OKP", crv: "Ed25519", x: publicKey },
      format: "jwk",
    });
  }

  /** The anchor that stands for the beginning of `journal`; null where it has none, or none that this vault made for it. */
  of(
    record: Pick<RecordRows, "anchor">,
    chain: Chain,
    { id, openedAt, link }: StoredJournal,
  ): Anchor | "forged" | null {
    const text = record.anchor(id);
    if (text === null) return null;
    const anchor = link === null ? null : this.#read(text);
    if (anchor?.journal !== id) return "forged";
    return anchor.opening === chain.opening(id, openedAt, link ?? "") ? anchor : "forged";
  }

  #read(text: string): Anchor | null {
    const [, vault, journal, seq, mac, opening, signature] = ANCHOR.exec(text) ?? [];
    if (vault !== this.vault || !journal || !mac || !opening || !signature) return null;
    const bytes = Buffer.from(signature, "base64url");
    const body = text.slice(0, text.lastIndexOf("signature "));
    const isSigned = verify(null, Buffer.from(body), this.#key, bytes);
    if (!isSigned || bytes.toString("base64url") !== signature) return null;
    return { journal, seq: Number(seq), mac, opening };
  }
}
