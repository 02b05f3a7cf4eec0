import { expect, test } from "vitest";
import { OPERATOR } from "../../lib/access/caller";
import { openJournal } from "../../lib/audit/journal";
import { linkOf } from "../../lib/audit/link";
import {
  asAdmin,
  must,
  mustCreateSecret,
  mustHaveService,
  startCoffer,
  temporaryHome,
} from "../support/coffer";
import { databaseUrlOf } from "../support/database";
import { deafTo } from "../support/deaf";
import { eventually } from "../support/eventually";
import { expectProblem } from "../support/problem";

const FULL = 30;

test("where it is not heard of that the next journal was opened, one more is; and where not of an event, that is found there", async () => {
  const home = temporaryHome();
  const proxy = await deafTo(await databaseUrlOf(home), "COMMIT\0"); // and not the level of isolation
  const events = await deafTo(proxy.databaseUrl, `"secrets.resolve"`);
  const coffer = await startCoffer({
    home,
    databaseUrl: events.databaseUrl,
    openJournal: (store, first, now, key) => openJournal(store, first, now, key, FULL),
  });
  const admin = await asAdmin(coffer);
  await mustCreateSecret(admin, "API_KEY", "value-of-the-key");
  const service = await mustHaveService(coffer, admin, ["API_*"]);
  const { db } = await coffer.database();
  while ((await db.auditEvent.count()) < FULL) must(200, await service.resolve("$SECRET/API_KEY"));

  for (const way of [proxy, events]) {
    way.isDeaf = true;
    expectProblem(await service.resolve("$SECRET/API_KEY"), 503, "unavailable");
    expect(way.isDeaf).toBe(false);
    await eventually(async () => {
      must(200, await service.resolve("$SECRET/API_KEY"));
    });
  }
  const opened = await db.auditEvent.findMany({ where: { action: "audit.continue" } });
  expect(opened).toHaveLength(2);
  const own = await db.journal.findMany({
    include: {
      _count: { select: { events: true } },
      events: { orderBy: { seq: "desc" }, take: 1 },
    },
  });
  const orphan = own.find(({ _count }) => _count.events === 1);
  const links = own.map(({ link }) => (linkOf({ link })?.heads ?? []).map(([id]) => id));
  expect(orphan?.events).toMatchObject([{ action: "audit.continue" }]);
  expect(links).toContainEqual([orphan?.id]);
  await coffer.vault.audit.verify(OPERATOR);
  await coffer.vault.audit.settled();
  expect(await coffer.vault.audit.verified(OPERATOR)).toMatchObject({ state: "done", findings: 0 });
});
