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

const TIMES = 150;

test("a rotation, a change of rules and a revocation that one instance has acknowledged bind the next request on each other one", async () => {
  const home = temporaryHome();
  const one = await startCoffer({ home });
  const others = [
    await startCoffer({ home, admin: false }),
    await startCoffer({ home, admin: false }),
  ];
  const admin = await asAdmin(one);
  await mustCreateSecret(admin, "KEY", "value 0");
  const service = await mustCreateService(admin, "gateway", ["KEY"]);
  const { id, token } = await mustMintToken(admin, service.id);
  const asking = others.map((other) => asService(other, token));
  const ask = () => Promise.all(asking.map((each) => each.resolve("$SECRET/KEY")));

  for (let time = 1; time <= TIMES; time++) {
    await ask(); // what they keep in memory is of now
    await mustRotate(admin, "KEY", `value ${String(time)}`);
    for (const { json } of await ask()) expect(json?.["config"]).toBe(`value ${String(time)}`);
  }
  const rulesOf = (names: string[]) =>
    admin.patch(`/api/v1/services/${service.id}`, { rules: [{ actions: ["resolve"], names }] });
  for (let time = 1; time <= 20; time++) {
    expect((await rulesOf(["OTHER"])).status).toBe(200);
    for (const { status } of await ask()) expect(status).toBe(422);
    expect((await rulesOf(["KEY"])).status).toBe(200);
    for (const { status } of await ask()) expect(status).toBe(200);
  }
  expect((await admin.delete(`/api/v1/services/${service.id}/tokens/${id}`)).status).toBeLessThan(
    300,
  );
  for (const { status } of await ask()) expect(status).toBe(401);
});
