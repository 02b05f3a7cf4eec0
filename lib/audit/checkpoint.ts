import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import { CofferError } from "../errors";
import { anchorLines, type Anchor } from "./anchor";
import type { Head } from "./link";

/** Where the record stood at a time, to be kept elsewhere: nothing before it can be cut off unnoticed. */
export interface Checkpoint {
  /** Id of the vault's keyring. */
  vault: string;
  at: string;
  heads: readonly Head[];
}

const FIRST_LINE = "coffer-checkpoint 1";
/** An Ed25519 private key in PKCS #8 up to its 32 bytes (RFC 8410). */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

const VAULT = /^vault ([\w-]{22})$/;
const AT = /^at (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/;
const JOURNAL = /^journal ([\w-]{1,36}) ([1-9]\d{0,14}) ([\w-]{43})$/;
const KEY = /^key ([\w-]{43})$/;
const SIGNATURE = /^signature ([\w-]{86})$/;

/** Signs checkpoints of a vault and knows them again (FORMAT.md, "Checkpoints"). */
export class Checkpoints {
  readonly #key: KeyObject;
  /** 32 bytes in base64url: with it alone anybody can check a signature. */
  readonly publicKey: string;

  /**
   * @param vault id of the keyring
   * @param seed the purpose key `checkpoint`
   */
  constructor(
    private readonly vault: string,
    seed: Uint8Array,
  ) {
    const key = Buffer.concat([PKCS8, seed]);
    this.#key = createPrivateKey({ key, format: "der", type: "pkcs8" });
    this.publicKey = String(createPublicKey(this.#key).export({ format: "jwk" }).x);
  }

  /** The checkpoint as text. */
  sign(at: Date, heads: readonly Head[]): string {
    const lines = [FIRST_LINE, `vault ${this.vault}`, `at ${at.toISOString()}`];
    for (const [id, seq, mac] of heads) lines.push(`journal ${id} ${String(seq)} ${mac}`);
    return this.#signed(lines);
  }

  /** What stands for pruned events, as text. It begins otherwise, so it is no checkpoint. */
  signAnchor(at: Date, anchor: Anchor): string {
    return this.#signed(anchorLines(this.vault, at, anchor));
  }

  /** By what `AnchorReader` knows this vault's anchors: nothing can be signed with it. */
  get anchors(): { vault: string; publicKey: string } {
    return { vault: this.vault, publicKey: this.publicKey };
  }

  #signed(lines: readonly string[]): string {
    const body = `${lines.join("\n")}\nkey ${this.publicKey}\n`;
    return `${body}signature ${sign(null, Buffer.from(body), this.#key).toString("base64url")}\n`;
  }

  /**
   * Reads a checkpoint of this vault's.
   * @param isOurs whether the record has the event that a head names, to say what a checkpoint is that this key has not signed
   * @throws CofferError `invalid_request` for any other text
   */
  read(text: string, isOurs: (head: Head) => boolean = () => false): Checkpoint {
    const lines = text.replaceAll("\r\n", "\n").trimEnd().split("\n");
    const [first = "", vaultLine = "", atLine = "", ...rest] = lines;
    const signature = SIGNATURE.exec(rest.pop() ?? "")?.[1];
    const key = KEY.exec(rest.pop() ?? "")?.[1];
    const vault = VAULT.exec(vaultLine)?.[1];
    const at = AT.exec(atLine)?.[1];
    const found = rest.map((line) => JOURNAL.exec(line));
    if (first !== FIRST_LINE || !signature || !key || !vault || !at || found.includes(null)) {
      throw refused("This is not a checkpoint, or not a whole one.");
    }
    const heads = found.map((head): Head => [head?.[1] ?? "", Number(head?.[2]), head?.[3] ?? ""]);
    if (vault !== this.vault || key !== this.publicKey) {
      throw refused(heads.some(isOurs) ? BEFORE_RESET : "This is a checkpoint of another vault.");
    }
    const body = `${lines.slice(0, -1).join("\n")}\n`;
    const bytes = Buffer.from(signature, "base64url");
    const isSigned = verify(null, Buffer.from(body), createPublicKey(this.#key), bytes);
    if (!isSigned || bytes.toString("base64url") !== signature) {
      throw refused("This checkpoint was changed: its signature does not fit.");
    }
    return { vault, at, heads };
  }
}

const BEFORE_RESET =
  "This is a checkpoint of this vault before its keys were reset. Only the key of before can check it, with the copy that the reset has left: docs/audit.md says how.";

function refused(message: string): CofferError {
  return new CofferError("invalid_request", `${message} Nothing was verified.`);
}
