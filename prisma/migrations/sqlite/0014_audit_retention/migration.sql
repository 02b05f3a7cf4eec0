BEGIN;

-- CreateTable
CREATE TABLE "AuditAnchor" (
    "journalId" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "text" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "AuditRun" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "at" DATETIME NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 0
);

-- CreateTable
CREATE TABLE "AuditMark" (
    "journalId" TEXT NOT NULL,
    "run" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,

    PRIMARY KEY ("journalId", "run")
);

COMMIT;
