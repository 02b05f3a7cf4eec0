BEGIN;

-- By hand: the generated script rebuilds the table, which adding columns does not need.
-- AlterTable
ALTER TABLE "OneTimeLink" ADD COLUMN "userId" TEXT REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "OneTimeLink" ADD COLUMN "mac" TEXT NOT NULL DEFAULT '';

-- CreateIndex
CREATE INDEX "OneTimeLink_userId_idx" ON "OneTimeLink"("userId");

COMMIT;
