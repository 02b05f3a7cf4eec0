/** So many in so much time. */
export interface Rate {
  most: number;
  perMs: number;
}

/** How failures make the next attempt wait. */
export interface Backoff {
  /** As many failures cost no waiting; each one from then on doubles it, starting at a second. */
  free: number;
  longestWaitMs: number;
  /** Failures are forgotten when there has been none for so long. Longer than `longestWaitMs`: patience gains nothing. */
  forgottenAfterMs: number;
}

/** What the services that watch their secrets may take. */
export interface WatchLimits {
  /** Connections of one service. */
  perService: number;
  /** Connections of all of them. */
  perProcess: number;
  /** Distinct references of one connection, with what only looks like one. */
  references: number;
  /** How often it is looked whether another process has changed anything. */
  lookEveryMs: number;
  /** The same, while the database says so by itself. */
  lookWhileToldEveryMs: number;
  /** How often a connection is written to on which nothing happens. */
  heartbeatMs: number;
}

/** The limits of one vault. A test gives it others. */
export interface Limits {
  rates: Record<"nobody" | "management" | "resolve", Rate>;
  backoffs: Record<"account" | "address" | "known" | "password", Backoff>;
  /** For how long denials that are alike are counted before one event says how many there were; 0: each has its own. */
  repeats: { perMs: number };
  watch: WatchLimits;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Every limit on how often anything may be done. README has them as a table, which a test compares. */
export const LIMITS: Limits = {
  rates: {
    /**
     * Refusals that an address gets without valid credentials: bad tokens and links, unknown addresses and hosts.
     * Who shows valid ones is not held up by others behind the same address.
     */
    nobody: { most: 120, perMs: MINUTE_MS },
    /** Calls of one person, or with one token, other than resolve: more than any page or script of one's own makes. */
    management: { most: 3_000, perMs: MINUTE_MS },
    /**
     * Resolves of one service: about as many as a machine of two cores answers at all, so that it stops a loop that
     * has run away on a bigger one and is in nobody's way.
     */
    resolve: { most: 200_000, perMs: 10 * SECOND_MS },
  },
  backoffs: {
    /** Sign-ins of one account, from anywhere it has not signed in from before. */
    account: { free: 5, longestWaitMs: 15 * MINUTE_MS, forgottenAfterMs: 24 * HOUR_MS },
    /** Sign-ins from one address, of accounts that have not signed in from there before. */
    address: { free: 20, longestWaitMs: 5 * MINUTE_MS, forgottenAfterMs: HOUR_MS },
    /** Sign-ins of one account from one address where it has signed in before. */
    known: { free: 5, longestWaitMs: 15 * MINUTE_MS, forgottenAfterMs: 24 * HOUR_MS },
    /** One's present password, asked for in one session. */
    password: { free: 5, longestWaitMs: 15 * MINUTE_MS, forgottenAfterMs: 24 * HOUR_MS },
  },
  repeats: { perMs: MINUTE_MS },
  watch: {
    perService: 10,
    perProcess: 1_000,
    references: 500,
    lookEveryMs: 250,
    lookWhileToldEveryMs: SECOND_MS,
    heartbeatMs: 15 * SECOND_MS,
  },
};
