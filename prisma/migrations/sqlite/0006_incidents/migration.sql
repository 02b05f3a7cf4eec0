BEGIN;

-- AlterTable
ALTER TABLE "AuditEvent" ADD COLUMN "incident" TEXT;
ALTER TABLE "AuditEvent" ADD COLUMN "tokenId" TEXT;

-- CreateTable
CREATE TABLE "Incident" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "environmentId" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "nameKey" TEXT NOT NULL,
    "since" DATETIME NOT NULL,
    "openedAt" DATETIME NOT NULL,
    "openedBy" TEXT NOT NULL,
    "closedAt" DATETIME,
    "closedBy" TEXT
);

-- CreateTable
CREATE TABLE "IncidentEntry" (
    "incidentId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "text" TEXT NOT NULL,

    PRIMARY KEY ("incidentId", "number"),
    CONSTRAINT "IncidentEntry_incidentId_fkey" FOREIGN KEY ("incidentId") REFERENCES "Incident" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "Incident_environmentId_nameKey_idx" ON "Incident"("environmentId", "nameKey");

-- CreateIndex
CREATE INDEX "AuditEvent_incident_idx" ON "AuditEvent"("incident");

COMMIT;
