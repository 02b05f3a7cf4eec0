BEGIN;

-- CreateTable
CREATE TABLE "DataKey" (
    "keyringId" TEXT NOT NULL,
    "keyId" INTEGER NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "createdBy" TEXT NOT NULL,
    "storedBefore" INTEGER NOT NULL,

    PRIMARY KEY ("keyringId", "keyId"),
    CONSTRAINT "DataKey_keyringId_fkey" FOREIGN KEY ("keyringId") REFERENCES "Keyring" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Instance" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "startedAt" DATETIME NOT NULL,
    "seenAt" DATETIME NOT NULL
);

-- AlterTable
ALTER TABLE "Keyring" ADD COLUMN "newestKeyId" INTEGER NOT NULL DEFAULT 1;
ALTER TABLE "Keyring" ADD COLUMN "resealedTo" INTEGER NOT NULL DEFAULT 1;
ALTER TABLE "Keyring" ADD COLUMN "mac" TEXT NOT NULL DEFAULT '';

-- AlterTable
ALTER TABLE "Revision" ADD COLUMN "keyring" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "Secret" ADD COLUMN "lostVersion" INTEGER NOT NULL DEFAULT 0;

COMMIT;
