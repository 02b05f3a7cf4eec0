import { hash, verify } from "@node-rs/argon2";
import { CofferError } from "../errors";

// RFC 9106's second recommendation (64 MiB, 3 passes) with one lane, since a sign-in has one thread. About 0.1 s;
// OWASP's floor is 19 MiB and 2 passes. Node runs at most four at once (UV_THREADPOOL_SIZE): 256 MiB at worst.
const COST = { memoryCost: 64 * 1024, timeCost: 3, parallelism: 1, outputLen: 32 };

const ARGON2ID = "$argon2id$v=19$";
const NOBODY = `${ARGON2ID}m=${COST.memoryCost.toFixed(0)},t=${COST.timeCost.toFixed(0)},p=${COST.parallelism.toFixed(0)}$${"A".repeat(22)}$${"A".repeat(43)}`;

/**
 * An Argon2id hash of `password` under a random salt, as a PHC string. Takes about 0.1 s and 64 MiB on a thread of
 * the pool. Whether the password is good enough is for the caller to decide, before.
 */
export function hashPassword(password: string): Promise<string> {
  return hash(normalise(password), COST);
}

/**
 * Whether `password` is the one that was hashed. With null, for an account that does not exist or has no password,
 * the same work is done and the answer is false, so that the time tells nobody which accounts exist.
 * @throws CofferError `unreadable` if the stored hash is not a hash that `hashPassword` makes
 */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  const phc = stored ?? NOBODY;
  if (!phc.startsWith(ARGON2ID)) throw damaged();
  const matches = await verify(phc, normalise(password)).catch((cause: unknown) => {
    throw damaged(cause);
  });
  return matches && stored !== null;
}

/**
 * NFKC, then UTF-8 (NIST SP 800-63B-3, section 5.1.1.2): keyboards and input methods write the same letters in different
 * code points (composed or not, full width or not), and the person typing cannot see it.
 */
function normalise(password: string): Buffer {
  return Buffer.from(password.normalize("NFKC"));
}

function damaged(cause?: unknown): CofferError {
  return new CofferError(
    "unreadable",
    "The stored password of this account can't be read. Ask an admin for a new sign-in link.",
    { cause },
  );
}
