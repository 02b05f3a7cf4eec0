import { expect, test } from "vitest";
import type { Limits } from "../../lib/limits";
import {
  asAdmin,
  asService,
  mustCreateSecret,
  mustCreateService,
  mustMintToken,
  mustRotate,
  NO_LIMITS,
  startCoffer,
  temporaryHome,
} from "../support/coffer";
import { unsteadyWayTo } from "../support/unsteady";
import { watchPath, WatchConnection } from "../support/watch";

/** Nothing is looked for by the clock: what is heard of another instance was said by the database. */
const NEVER: Limits = {
  ...NO_LIMITS,
  watch: { ...NO_LIMITS.watch, lookEveryMs: 1_000_000_000, lookWhileToldEveryMs: 1_000_000_000 },
};

/** Two instances: what the one changes is watched at the other, which listens on a way that may end. */
async function start(limits: Limits) {
  const home = temporaryHome();
  const one = await startCoffer({ home });
  const way = await unsteadyWayTo(one.config.databaseUrl);
  const other = await startCoffer({ home, directUrl: way.databaseUrl, admin: false, limits });
  const admin = await asAdmin(one);
  await mustCreateSecret(admin, "KEY", "value 1");
  const { id } = await mustCreateService(admin, "gateway", ["KEY"]);
  const { token } = await mustMintToken(admin, id);
  const service = asService(other, token);
  const connection = new WatchConnection(service, watchPath("$SECRET/KEY"));
  await connection.heard("state");
  let versions = 1;
  /** Rotates and hears of it. `meanwhile` is done in between. */
  const rotated = async (meanwhile: () => void = () => undefined) => {
    await mustRotate(admin, "KEY", `value ${String(++versions)}`);
    meanwhile();
    const newest = `"version":${String(versions)}}`;
    await connection.until(() => connection.text.includes(newest));
  };
  return { way, other, rotated };
}

test("who watches hears of another instance's change without anybody looking for it", async () => {
  const { other, rotated } = await start(NEVER);
  for (let time = 0; time < 20; time++) await rotated();
  expect(other.log).toEqual([]);
});

test.each(["cut", "stall"] as const)(
  "who watches hears of it all the same while the feed is gone (%s)",
  async (failure) => {
    const { way, rotated } = await start(NO_LIMITS);
    await rotated();
    way[failure]();
    for (let time = 0; time < 5; time++) await rotated();
  },
);

test("a feed that comes back tells of what was missed", async () => {
  const { way, other, rotated } = await start(NEVER);
  await rotated();
  way.cut();
  await rotated(() => way.mend());
  await rotated();
  expect(other.log).toEqual([
    expect.stringContaining("was lost"),
    expect.stringContaining("heard at once again"),
  ]);
});
