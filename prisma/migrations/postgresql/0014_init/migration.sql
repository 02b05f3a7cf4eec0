-- CreateTable
CREATE TABLE "Environment" (
    "id" TEXT COLLATE "C" NOT NULL,
    "slug" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "protected" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "mac" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "Environment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Secret" (
    "id" TEXT COLLATE "C" NOT NULL,
    "environmentId" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "nameKey" TEXT COLLATE "C" NOT NULL,
    "description" TEXT COLLATE "C" NOT NULL,
    "tags" TEXT COLLATE "C" NOT NULL,
    "searchKey" TEXT COLLATE "C" NOT NULL,
    "currentVersion" INTEGER NOT NULL,
    "highestVersion" INTEGER NOT NULL,
    "lostVersion" INTEGER NOT NULL DEFAULT 0,
    "expiresAt" TIMESTAMP(3),
    "rotateEveryDays" INTEGER,
    "rotateDueAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL,
    "createdBy" TEXT COLLATE "C" NOT NULL,
    "rotatedAt" TIMESTAMP(3) NOT NULL,
    "rotatedBy" TEXT COLLATE "C" NOT NULL,
    "deletedAt" TIMESTAMP(3),
    "deletedBy" TEXT COLLATE "C",
    "trashedAtSweep" INTEGER NOT NULL DEFAULT 0,
    "mac" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "Secret_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SecretVersion" (
    "secretId" TEXT COLLATE "C" NOT NULL,
    "version" INTEGER NOT NULL,
    "sealed" TEXT COLLATE "C",
    "createdAt" TIMESTAMP(3) NOT NULL,
    "createdBy" TEXT COLLATE "C" NOT NULL,
    "destroyedAt" TIMESTAMP(3),
    "destroyedBy" TEXT COLLATE "C",

    CONSTRAINT "SecretVersion_pkey" PRIMARY KEY ("secretId","version")
);

-- CreateTable
CREATE TABLE "PurgedName" (
    "environmentId" TEXT COLLATE "C" NOT NULL,
    "nameKey" TEXT COLLATE "C" NOT NULL,
    "highestVersion" INTEGER NOT NULL,

    CONSTRAINT "PurgedName_pkey" PRIMARY KEY ("environmentId","nameKey")
);

-- CreateTable
CREATE TABLE "TrashSweep" (
    "id" INTEGER NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "TrashSweep_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SecretUse" (
    "secretId" TEXT COLLATE "C" NOT NULL,
    "serviceId" TEXT COLLATE "C" NOT NULL,
    "day" TEXT COLLATE "C" NOT NULL,
    "count" INTEGER NOT NULL,
    "firstAt" TIMESTAMP(3) NOT NULL,
    "lastAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "SecretUse_pkey" PRIMARY KEY ("secretId","serviceId","day")
);

-- CreateTable
CREATE TABLE "Service" (
    "id" TEXT COLLATE "C" NOT NULL,
    "environmentId" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "nameKey" TEXT COLLATE "C" NOT NULL,
    "description" TEXT COLLATE "C" NOT NULL,
    "rules" TEXT COLLATE "C" NOT NULL,
    "allowedCidrs" TEXT COLLATE "C" NOT NULL,
    "demands" TEXT COLLATE "C",
    "createdAt" TIMESTAMP(3) NOT NULL,
    "createdBy" TEXT COLLATE "C" NOT NULL,
    "disabledAt" TIMESTAMP(3),
    "held" TEXT COLLATE "C",
    "mac" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "Service_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ServiceToken" (
    "id" TEXT COLLATE "C" NOT NULL,
    "serviceId" TEXT COLLATE "C" NOT NULL,
    "hash" TEXT COLLATE "C" NOT NULL,
    "hint" TEXT COLLATE "C" NOT NULL,
    "expiresAt" TIMESTAMP(3),
    "revokedAt" TIMESTAMP(3),
    "revokedBy" TEXT COLLATE "C",
    "createdAt" TIMESTAMP(3) NOT NULL,
    "createdBy" TEXT COLLATE "C" NOT NULL,
    "mac" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "ServiceToken_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TokenUse" (
    "tokenId" TEXT COLLATE "C" NOT NULL,
    "lastAt" TIMESTAMP(3) NOT NULL,
    "address" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "TokenUse_pkey" PRIMARY KEY ("tokenId")
);

-- CreateTable
CREATE TABLE "User" (
    "id" TEXT COLLATE "C" NOT NULL,
    "email" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "passwordHash" TEXT COLLATE "C",
    "role" TEXT COLLATE "C" NOT NULL,
    "disabledAt" TIMESTAMP(3),
    "epoch" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "lastSignInAt" TIMESTAMP(3),
    "totp" TEXT COLLATE "C",
    "totpPending" TEXT COLLATE "C",
    "totpStep" INTEGER NOT NULL DEFAULT 0,
    "mac" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RecoveryCode" (
    "hash" TEXT COLLATE "C" NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,
    "usedAt" TIMESTAMP(3),

    CONSTRAINT "RecoveryCode_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "Identity" (
    "id" TEXT COLLATE "C" NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,
    "issuer" TEXT COLLATE "C" NOT NULL,
    "subject" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "mac" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "Identity_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Policy" (
    "id" INTEGER NOT NULL,
    "requireTwoStep" BOOLEAN NOT NULL,
    "mac" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "Policy_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Session" (
    "jtiHash" TEXT COLLATE "C" NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,
    "address" TEXT COLLATE "C" NOT NULL,
    "userAgent" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "lastSeenAt" TIMESTAMP(3) NOT NULL,
    "endedAt" TIMESTAMP(3),
    "method" TEXT COLLATE "C" NOT NULL DEFAULT 'password',
    "confirmedAt" TIMESTAMP(3),

    CONSTRAINT "Session_pkey" PRIMARY KEY ("jtiHash")
);

-- CreateTable
CREATE TABLE "OneTimeLink" (
    "id" TEXT COLLATE "C" NOT NULL,
    "kind" TEXT COLLATE "C" NOT NULL,
    "userId" TEXT COLLATE "C",
    "hash" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "createdBy" TEXT COLLATE "C",
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "consumedAt" TIMESTAMP(3),
    "mac" TEXT COLLATE "C" NOT NULL DEFAULT '',

    CONSTRAINT "OneTimeLink_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Journal" (
    "id" TEXT COLLATE "C" NOT NULL,
    "openedAt" TIMESTAMP(3) NOT NULL,
    "link" TEXT COLLATE "C",

    CONSTRAINT "Journal_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AuditEvent" (
    "journalId" TEXT COLLATE "C" NOT NULL,
    "seq" INTEGER NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,
    "actorKind" TEXT COLLATE "C" NOT NULL,
    "actorId" TEXT COLLATE "C" NOT NULL,
    "actorName" TEXT COLLATE "C" NOT NULL,
    "action" TEXT COLLATE "C" NOT NULL,
    "environment" TEXT COLLATE "C" NOT NULL,
    "target" TEXT COLLATE "C" NOT NULL,
    "names" TEXT COLLATE "C" NOT NULL,
    "outcome" TEXT COLLATE "C" NOT NULL,
    "code" TEXT COLLATE "C" NOT NULL,
    "address" TEXT COLLATE "C" NOT NULL,
    "userAgent" TEXT COLLATE "C" NOT NULL,
    "requestId" TEXT COLLATE "C" NOT NULL,
    "tokenId" TEXT COLLATE "C",
    "incident" TEXT COLLATE "C",
    "repeats" INTEGER,
    "mac" TEXT COLLATE "C",

    CONSTRAINT "AuditEvent_pkey" PRIMARY KEY ("journalId","seq")
);

-- CreateTable
CREATE TABLE "AuditSink" (
    "id" TEXT COLLATE "C" NOT NULL,
    "holder" TEXT COLLATE "C" NOT NULL,
    "heldUntil" TIMESTAMP(3) NOT NULL,
    "deliveredAt" TIMESTAMP(3),
    "failingSince" TIMESTAMP(3),
    "problem" TEXT COLLATE "C",

    CONSTRAINT "AuditSink_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AuditCursor" (
    "sinkId" TEXT COLLATE "C" NOT NULL,
    "journalId" TEXT COLLATE "C" NOT NULL,
    "seq" INTEGER NOT NULL,
    "mac" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "AuditCursor_pkey" PRIMARY KEY ("sinkId","journalId")
);

-- CreateTable
CREATE TABLE "AuditAnchor" (
    "journalId" TEXT COLLATE "C" NOT NULL,
    "seq" INTEGER NOT NULL,
    "text" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "AuditAnchor_pkey" PRIMARY KEY ("journalId")
);

-- CreateTable
CREATE TABLE "AuditRun" (
    "id" INTEGER NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "AuditRun_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AuditMark" (
    "journalId" TEXT COLLATE "C" NOT NULL,
    "run" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,

    CONSTRAINT "AuditMark_pkey" PRIMARY KEY ("journalId","run")
);

-- CreateTable
CREATE TABLE "Incident" (
    "id" TEXT COLLATE "C" NOT NULL,
    "environmentId" TEXT COLLATE "C" NOT NULL,
    "environment" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "nameKey" TEXT COLLATE "C" NOT NULL,
    "since" TIMESTAMP(3) NOT NULL,
    "openedAt" TIMESTAMP(3) NOT NULL,
    "openedBy" TEXT COLLATE "C" NOT NULL,
    "closedAt" TIMESTAMP(3),
    "closedBy" TEXT COLLATE "C",

    CONSTRAINT "Incident_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "IncidentEntry" (
    "incidentId" TEXT COLLATE "C" NOT NULL,
    "number" INTEGER NOT NULL,
    "text" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "IncidentEntry_pkey" PRIMARY KEY ("incidentId","number")
);

-- CreateTable
CREATE TABLE "Keyring" (
    "id" TEXT COLLATE "C" NOT NULL,
    "salt" TEXT COLLATE "C" NOT NULL,
    "kdf" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "newestKeyId" INTEGER NOT NULL DEFAULT 1,
    "resealedTo" INTEGER NOT NULL DEFAULT 1,
    "mac" TEXT COLLATE "C" NOT NULL DEFAULT '',

    CONSTRAINT "Keyring_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DataKey" (
    "keyringId" TEXT COLLATE "C" NOT NULL,
    "keyId" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "createdBy" TEXT COLLATE "C" NOT NULL,
    "storedBefore" INTEGER NOT NULL,

    CONSTRAINT "DataKey_pkey" PRIMARY KEY ("keyringId","keyId")
);

-- CreateTable
CREATE TABLE "WrappedKey" (
    "keyringId" TEXT COLLATE "C" NOT NULL,
    "keyId" INTEGER NOT NULL,
    "kekFingerprint" TEXT COLLATE "C" NOT NULL,
    "wrapped" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "WrappedKey_pkey" PRIMARY KEY ("keyringId","keyId","kekFingerprint")
);

-- CreateTable
CREATE TABLE "Revision" (
    "id" INTEGER NOT NULL,
    "counter" INTEGER NOT NULL,
    "keyring" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "Revision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Instance" (
    "id" TEXT COLLATE "C" NOT NULL,
    "kind" TEXT COLLATE "C" NOT NULL,
    "fingerprint" TEXT COLLATE "C" NOT NULL,
    "startedAt" TIMESTAMP(3) NOT NULL,
    "seenAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Instance_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "LastBackup" (
    "id" INTEGER NOT NULL,
    "takenAt" TIMESTAMP(3) NOT NULL,
    "takenBy" TEXT COLLATE "C" NOT NULL,
    "rows" INTEGER NOT NULL,
    "bytes" BIGINT NOT NULL,

    CONSTRAINT "LastBackup_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Environment_slug_key" ON "Environment"("slug");

-- CreateIndex
CREATE INDEX "Secret_environmentId_expiresAt_idx" ON "Secret"("environmentId", "expiresAt");

-- CreateIndex
CREATE INDEX "Secret_environmentId_rotateDueAt_idx" ON "Secret"("environmentId", "rotateDueAt");

-- CreateIndex
CREATE INDEX "Secret_deletedAt_idx" ON "Secret"("deletedAt");

-- CreateIndex
CREATE UNIQUE INDEX "Secret_environmentId_nameKey_key" ON "Secret"("environmentId", "nameKey");

-- CreateIndex
CREATE INDEX "SecretUse_serviceId_idx" ON "SecretUse"("serviceId");

-- CreateIndex
CREATE UNIQUE INDEX "Service_environmentId_nameKey_key" ON "Service"("environmentId", "nameKey");

-- CreateIndex
CREATE UNIQUE INDEX "ServiceToken_hash_key" ON "ServiceToken"("hash");

-- CreateIndex
CREATE INDEX "ServiceToken_serviceId_idx" ON "ServiceToken"("serviceId");

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

-- CreateIndex
CREATE INDEX "RecoveryCode_userId_idx" ON "RecoveryCode"("userId");

-- CreateIndex
CREATE INDEX "Identity_userId_idx" ON "Identity"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "Identity_issuer_subject_key" ON "Identity"("issuer", "subject");

-- CreateIndex
CREATE INDEX "Session_userId_idx" ON "Session"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "OneTimeLink_hash_key" ON "OneTimeLink"("hash");

-- CreateIndex
CREATE INDEX "OneTimeLink_userId_idx" ON "OneTimeLink"("userId");

-- CreateIndex
CREATE INDEX "AuditEvent_at_idx" ON "AuditEvent"("at");

-- CreateIndex
CREATE INDEX "AuditEvent_incident_idx" ON "AuditEvent"("incident");

-- CreateIndex
CREATE INDEX "Incident_environmentId_nameKey_idx" ON "Incident"("environmentId", "nameKey");

-- AddForeignKey
ALTER TABLE "Secret" ADD CONSTRAINT "Secret_environmentId_fkey" FOREIGN KEY ("environmentId") REFERENCES "Environment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SecretVersion" ADD CONSTRAINT "SecretVersion_secretId_fkey" FOREIGN KEY ("secretId") REFERENCES "Secret"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SecretUse" ADD CONSTRAINT "SecretUse_secretId_fkey" FOREIGN KEY ("secretId") REFERENCES "Secret"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SecretUse" ADD CONSTRAINT "SecretUse_serviceId_fkey" FOREIGN KEY ("serviceId") REFERENCES "Service"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Service" ADD CONSTRAINT "Service_environmentId_fkey" FOREIGN KEY ("environmentId") REFERENCES "Environment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ServiceToken" ADD CONSTRAINT "ServiceToken_serviceId_fkey" FOREIGN KEY ("serviceId") REFERENCES "Service"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TokenUse" ADD CONSTRAINT "TokenUse_tokenId_fkey" FOREIGN KEY ("tokenId") REFERENCES "ServiceToken"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RecoveryCode" ADD CONSTRAINT "RecoveryCode_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Identity" ADD CONSTRAINT "Identity_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OneTimeLink" ADD CONSTRAINT "OneTimeLink_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AuditEvent" ADD CONSTRAINT "AuditEvent_journalId_fkey" FOREIGN KEY ("journalId") REFERENCES "Journal"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "IncidentEntry" ADD CONSTRAINT "IncidentEntry_incidentId_fkey" FOREIGN KEY ("incidentId") REFERENCES "Incident"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DataKey" ADD CONSTRAINT "DataKey_keyringId_fkey" FOREIGN KEY ("keyringId") REFERENCES "Keyring"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WrappedKey" ADD CONSTRAINT "WrappedKey_keyringId_fkey" FOREIGN KEY ("keyringId") REFERENCES "Keyring"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What a service gets is decided by these tables. Coffer raises Revision itself; this is for whoever changes them without
-- it, so that it binds the next request, too. Sealing a value anew changes nothing for anybody, and says so.
CREATE FUNCTION "raise_revision"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('coffer.sealing_anew', true) = 'on' THEN RETURN NULL; END IF;
    UPDATE "Revision" SET "counter" = "counter" + 1 WHERE "id" = 1;
    RETURN NULL;
END
$$;

CREATE TRIGGER "raise_revision" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "Environment"
    FOR EACH STATEMENT EXECUTE FUNCTION "raise_revision"();

CREATE TRIGGER "raise_revision" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "Secret"
    FOR EACH STATEMENT EXECUTE FUNCTION "raise_revision"();

CREATE TRIGGER "raise_revision" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "SecretVersion"
    FOR EACH STATEMENT EXECUTE FUNCTION "raise_revision"();

CREATE TRIGGER "raise_revision" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "Service"
    FOR EACH STATEMENT EXECUTE FUNCTION "raise_revision"();

CREATE TRIGGER "raise_revision" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "ServiceToken"
    FOR EACH STATEMENT EXECUTE FUNCTION "raise_revision"();
