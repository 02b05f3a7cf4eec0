import { randomUUID } from "node:crypto";
import { newLinkSecret } from "../crypto/token";
import type { Db } from "../store/store";

/** Whether nobody was ever made: true until the first person exists; never again, also if everybody is deleted. */
export async function needsSetup(db: Db): Promise<boolean> {
  const [people, consumed] = [
    await db.user.count(),
    await db.oneTimeLink.count({ where: { kind: "setup", consumedAt: { not: null } } }),
  ];
  return people === 0 && consumed === 0;
}

/** Leaves what a consumed link leaves: the mark that somebody has existed, which outlives them. */
export async function endSetup(tx: Db, at: Date): Promise<void> {
  const { hash } = newLinkSecret();
  await tx.oneTimeLink.create({
    data: { id: randomUUID(), kind: "setup", hash, createdAt: at, expiresAt: at, consumedAt: at },
  });
}
