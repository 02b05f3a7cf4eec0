BEGIN;

-- AlterTable
ALTER TABLE "Secret" ADD COLUMN "rotateDueAt" DATETIME;

-- As lib/vault/rotation.ts has it: the period runs from the making of the current version.
UPDATE "Secret" SET "rotateDueAt" = strftime(
  '%Y-%m-%dT%H:%M:%f+00:00',
  coalesce(
    (SELECT v."createdAt" FROM "SecretVersion" v WHERE v."secretId" = "Secret"."id" AND v."version" = "Secret"."currentVersion"),
    "rotatedAt"
  ),
  '+' || "rotateEveryDays" || ' days'
) WHERE "rotateEveryDays" IS NOT NULL;

-- CreateTable
CREATE TABLE "TrashSweep" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "at" DATETIME NOT NULL
);

-- CreateIndex
CREATE INDEX "Secret_environmentId_expiresAt_idx" ON "Secret"("environmentId", "expiresAt");

-- CreateIndex
CREATE INDEX "Secret_environmentId_rotateDueAt_idx" ON "Secret"("environmentId", "rotateDueAt");

-- CreateIndex
CREATE INDEX "Secret_deletedAt_idx" ON "Secret"("deletedAt");

COMMIT;
