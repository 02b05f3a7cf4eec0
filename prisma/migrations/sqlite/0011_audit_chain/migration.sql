BEGIN;

-- AlterTable
ALTER TABLE "AuditEvent" ADD COLUMN "mac" TEXT;
ALTER TABLE "AuditEvent" ADD COLUMN "repeats" INTEGER;

-- AlterTable
ALTER TABLE "Journal" ADD COLUMN "link" TEXT;

COMMIT;
