BEGIN;

-- CreateTable
CREATE TABLE "ServiceName" (
    "serviceId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "nameKey" TEXT NOT NULL,
    "number" INTEGER NOT NULL,

    PRIMARY KEY ("serviceId", "nameKey")
);

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_SecretUse" (
    "secretId" TEXT NOT NULL,
    "serviceId" TEXT NOT NULL,
    "day" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "firstAt" DATETIME NOT NULL,
    "lastAt" DATETIME NOT NULL,

    PRIMARY KEY ("secretId", "serviceId", "day"),
    CONSTRAINT "SecretUse_secretId_fkey" FOREIGN KEY ("secretId") REFERENCES "Secret" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "new_SecretUse" ("count", "day", "firstAt", "lastAt", "secretId", "serviceId") SELECT "count", "day", "firstAt", "lastAt", "secretId", "serviceId" FROM "SecretUse";
DROP TABLE "SecretUse";
ALTER TABLE "new_SecretUse" RENAME TO "SecretUse";
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

-- CreateIndex
CREATE INDEX "ServiceName_nameKey_idx" ON "ServiceName"("nameKey");

-- What services are called, and what the record says that they were called before: the events of services are looked at once.
INSERT INTO "ServiceName" ("serviceId", "name", "nameKey", "number")
SELECT "id", "name", "nameKey", 1 FROM "Service";
INSERT INTO "ServiceName" ("serviceId", "name", "nameKey", "number")
SELECT "actorId", max("actorName"), lower("actorName"), 0 FROM "AuditEvent"
WHERE "actorKind" = 'service' GROUP BY "actorId", lower("actorName")
ON CONFLICT DO NOTHING;

COMMIT;
