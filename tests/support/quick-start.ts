import { vi } from "vitest";

// What is slow on purpose is most of what a test costs, since each starts a Coffer and signs somebody in. Here it is
// done as seldom and as cheaply as it can be without a test seeing it. Coffers in processes of their own do it in full.

/**
 * In the process of a test file the salt of every new keyring is the same, and what was stretched with it is kept. All that
 * is random in a keyring but the salt is so here too: no two vaults have a key in common.
 */
vi.mock("../../lib/crypto/stretch", async (load) => {
  const real = await load<typeof import("../../lib/crypto/stretch")>();
  const salt = real.newSalt();
  const known = new Map<string, Promise<Buffer>>();
  return {
    newSalt: () => Buffer.from(salt),
    async stretch(masterKey: string, salt: Uint8Array) {
      const key = `${Buffer.from(salt).toString("hex")} ${masterKey}`;
      const stretched = known.get(key) ?? real.stretch(masterKey, salt);
      known.set(key, stretched);
      return Buffer.from(await stretched); // whoever is given it wipes it
    },
  };
});

/** A hash says what it cost, so one that cost little is verified as quickly, by whichever process. */
vi.mock("@node-rs/argon2", async (load) => {
  const real = await load<typeof import("@node-rs/argon2")>();
  const hash: typeof real.hash = (password, options) =>
    real.hash(password, { ...options, memoryCost: 256, timeCost: 1 });
  return { ...real, hash };
});
