import { addressBlock } from "../address";
import type { Door } from "./door";
import type { Bucket } from "./throttle";

/** An address is known for so long after a sign-in from it. */
const KNOWN_FOR_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * What failures of a sign-in are counted for: the account and the address, alike for accounts that do not exist. An
 * address from which the account has signed in lately has a bucket of its own for that account, so that
 * nobody's failures elsewhere keep its person out.
 */
export async function signInBuckets(
  { store, now }: Door,
  emailHash: string,
  user: { id: string } | null,
  address: string,
): Promise<Bucket[]> {
  const place = addressBlock(address);
  const since = new Date(now().getTime() - KNOWN_FOR_MS);
  const sessions = await store.db.session.findMany({
    where: { userId: user?.id ?? "", createdAt: { gte: since } }, // the same work where there is nobody
    select: { address: true },
    distinct: ["address"],
  });
  if (sessions.some((session) => addressBlock(session.address) === place)) {
    return [{ kind: "known", id: `${emailHash} ${place}` }];
  }
  return [
    { kind: "account", id: emailHash },
    { kind: "address", id: place },
  ];
}
