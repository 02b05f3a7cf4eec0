BEGIN;

-- AlterTable
ALTER TABLE "Service" ADD COLUMN "demands" TEXT;

COMMIT;
