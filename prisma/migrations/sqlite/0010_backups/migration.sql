BEGIN;

-- CreateTable
CREATE TABLE "LastBackup" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "takenAt" DATETIME NOT NULL,
    "takenBy" TEXT NOT NULL,
    "rows" INTEGER NOT NULL,
    "bytes" BIGINT NOT NULL
);

-- AlterTable
ALTER TABLE "Service" ADD COLUMN "held" TEXT;

COMMIT;
