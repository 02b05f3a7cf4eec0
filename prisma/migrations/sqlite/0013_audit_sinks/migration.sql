BEGIN;

-- CreateTable
CREATE TABLE "AuditSink" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "holder" TEXT NOT NULL,
    "heldUntil" DATETIME NOT NULL,
    "deliveredAt" DATETIME,
    "failingSince" DATETIME,
    "problem" TEXT
);

-- CreateTable
CREATE TABLE "AuditCursor" (
    "sinkId" TEXT NOT NULL,
    "journalId" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "mac" TEXT NOT NULL,

    PRIMARY KEY ("sinkId", "journalId")
);

COMMIT;
