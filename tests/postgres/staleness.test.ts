import { expect, test } from "vitest";
import {
  asAdmin,
  asService,
  mustCreateSecret,
  mustCreateService,
  mustMintToken,
  mustRotate,
  startCoffer,
  temporaryHome,
} from "../support/coffer";
import { eventually } from "../support/eventually";
import { administer } from "../support/postgres";
import { unsteadyWayTo } from "../support/unsteady";
import { watchPath, WatchConnection } from "../support/watch";

// By hand for longer: COFFER_TEST_ROUNDS=2000.
const TIMES = Number(process.env["COFFER_TEST_ROUNDS"] ?? 100);

test.each(["is heard", "is cut", "is stalled"] as const)(
  "a rotation, a change of rules and a revocation that one instance has acknowledged bind the next request on each other one, where the feed %s",
  { timeout: 120_000 + TIMES * 1_000 },
  async (feed) => {
    const home = temporaryHome();
    const one = await startCoffer({ home });
    const way = await unsteadyWayTo(one.config.databaseUrl);
    const direct = { home, directUrl: way.databaseUrl, admin: false };
    const others = [await startCoffer(direct), await startCoffer(direct)];
    const admin = await asAdmin(one);
    await mustCreateSecret(admin, "KEY", "value 0");
    const service = await mustCreateService(admin, "gateway", ["KEY"]);
    const { id, token } = await mustMintToken(admin, service.id);
    const asking = others.map((other) => asService(other, token));
    const ask = () => Promise.all(asking.map((each) => each.resolve("$SECRET/KEY")));

    const watching = asking.map((each) => new WatchConnection(each, watchPath("$SECRET/KEY")));
    await eventually(async () => {
      expect(await administer(one.config.databaseUrl, LISTENING)).toEqual([{ count: "2" }]);
    });
    if (feed === "is cut") way.cut();
    if (feed === "is stalled") way.stall();

    for (let time = 1; time <= TIMES; time++) {
      await ask(); // what they keep in memory is of now
      await mustRotate(admin, "KEY", `value ${String(time)}`);
      for (const { json } of await ask()) expect(json?.["config"]).toBe(`value ${String(time)}`);
    }
    const newest = `"version":${String(TIMES + 1)}}`;
    for (const each of watching) await each.until(() => each.text.includes(newest));

    const rulesOf = (names: string[]) =>
      admin.patch(`/api/v1/services/${service.id}`, { rules: [{ actions: ["resolve"], names }] });
    for (let time = 1; time <= 20; time++) {
      expect((await rulesOf(["OTHER"])).status).toBe(200);
      for (const { status } of await ask()) expect(status).toBe(422);
      expect((await rulesOf(["KEY"])).status).toBe(200);
      for (const { status } of await ask()) expect(status).toBe(200);
    }
    const revoked = await admin.delete(`/api/v1/services/${service.id}/tokens/${id}`);
    expect(revoked.status).toBeLessThan(300);
    for (const { status } of await ask()) expect(status).toBe(401);
    for (const each of watching) {
      await each.over();
      expect(each.events.at(-1)).toMatchObject({ kind: "end", reason: "token_revoked" });
    }
  },
);

const LISTENING = `SELECT count(*) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'coffer listening' AND state = 'idle'`;
