-- DropForeignKey
ALTER TABLE "SecretUse" DROP CONSTRAINT "SecretUse_serviceId_fkey";

-- DropIndex
DROP INDEX "SecretUse_serviceId_idx";

-- CreateTable
CREATE TABLE "ServiceName" (
    "serviceId" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "nameKey" TEXT COLLATE "C" NOT NULL,
    "number" INTEGER NOT NULL,

    CONSTRAINT "ServiceName_pkey" PRIMARY KEY ("serviceId","nameKey")
);

-- CreateIndex
CREATE INDEX "ServiceName_nameKey_idx" ON "ServiceName"("nameKey");

-- What services are called, and what the record says that they were called before: the events of services are looked at once.
INSERT INTO "ServiceName" ("serviceId", "name", "nameKey", "number")
SELECT "id", "name", "nameKey", 1 FROM "Service";
INSERT INTO "ServiceName" ("serviceId", "name", "nameKey", "number")
SELECT "actorId", max("actorName"), lower("actorName"), 0 FROM "AuditEvent"
WHERE "actorKind" = 'service' GROUP BY "actorId", lower("actorName")
ON CONFLICT DO NOTHING;
