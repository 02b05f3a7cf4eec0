import type { Demand, Role } from "../shapes";
import type { CompiledRule } from "./rules";

/** Where a request came from. Every caller has one, and every audit event repeats it. */
export interface Origin {
  /** The peer's IP address. */
  address: string;
  userAgent: string;
  requestId: string;
}

/** A person, signed in. */
export interface UserCaller {
  kind: "user";
  id: string;
  email: string;
  name: string;
  role: Role;
  /** Names the session that this request belongs to, and opens nothing. */
  sessionId: string;
  /** Whether they have shown within the last minutes that it is them: by password, code or provider. */
  isConfirmed: boolean;
  /** Whether they must set up a second factor before they may do anything else. */
  owesTwoStep: boolean;
  origin: Origin;
}

/** A machine identity that showed a live token. It belongs to one environment. */
export interface ServiceCaller {
  kind: "service";
  id: string;
  name: string;
  tokenId: string;
  environment: { id: string; slug: string; protected: boolean };
  rules: readonly CompiledRule[];
  /** The rules as they are stored: two callers with one text have the same rights. */
  rulesText: string;
  /** What it has to send with each request. */
  demands: readonly Demand[];
  /**
   * Where this is from what is kept in memory: what it was decided under (`Under` of the store), and the hash of the token.
   * Nothing may be answered to such a caller unless that still holds.
   */
  kept?: { under: { revision: number; epoch: number | null }; tokenHash: string };
  origin: Origin;
}

/** Somebody who showed no credential, or a bad one. */
export interface NobodyCaller {
  kind: "nobody";
  origin: Origin;
}

/** The process itself, or the person at its terminal. */
export interface OperatorCaller {
  kind: "operator";
  origin: Origin;
}

/** Who asks: the first argument of every vault function. */
export type Caller = UserCaller | ServiceCaller | NobodyCaller | OperatorCaller;

/** The operator, for what Coffer does on its own account: starting, stopping, making the setup link. */
export const OPERATOR: OperatorCaller = {
  kind: "operator",
  origin: { address: "local", userAgent: "", requestId: "" },
};
