import { describe, expect, test } from "vitest";
import type { ServiceInfo } from "../../lib/shapes";
import { holdServices } from "../../lib/vault/held-services";
import {
  asAdmin,
  asService,
  eventsOf,
  must,
  mustCreateSecret,
  mustCreateService,
  mustMintToken,
  rowsOf,
  startCoffer,
  tamper,
} from "../support/coffer";
import { expectProblem } from "../support/problem";

/* Services that are held: off until an admin has looked at them, as after a restore. */

const HELD = "/api/v1/held-services";
const MINUTE_MS = 60_000;

/** Three services with a token each, of which the last was disabled before the others were held. */
async function held() {
  const coffer = await startCoffer();
  const admin = await asAdmin(coffer);
  await mustCreateSecret(admin, "API_KEY", "value");
  const made = [];
  for (const name of ["one", "two", "off"]) {
    const service = await mustCreateService(admin, name, ["API_*"]);
    const { token } = await mustMintToken(admin, service.id);
    made.push({ ...service, client: asService(coffer, token) });
  }
  const [one, two, off] = made as [(typeof made)[0], (typeof made)[0], (typeof made)[0]];
  must(200, await admin.patch(`/api/v1/services/${off.id}`, { disabled: true }));
  const rows = await rowsOf(coffer);
  const how = { rows, note: () => undefined, because: "reset", now: coffer.clock.now() } as const;
  const list = await tamper(coffer, async (tx) => {
    await tx.revision.update({ where: { id: 1 }, data: { counter: { increment: 1 } } });
    return holdServices(tx, how);
  });
  expect(list).toEqual([
    { name: "one", environment: "default", tokens: 1 },
    { name: "two", environment: "default", tokens: 1 },
  ]);
  const names = async () =>
    (must(200, await admin.get(HELD)) as { items: ServiceInfo[] }).items.map(({ name }) => name);
  return { coffer, admin, one, two, off, names };
}

describe("a service that is held", () => {
  test("gets nothing, and is listed with why; one that was disabled before is not", async () => {
    const { admin, one, off, names } = await held();
    expectProblem(await one.client.resolve("$SECRET/API_KEY"), 401, "service_disabled");
    expect(await names()).toEqual(["one", "two"]);
    expect(must(200, await admin.get(`/api/v1/services/${one.id}`))).toMatchObject({
      held: "reset",
    });
    expect(must(200, await admin.get(`/api/v1/services/${off.id}`))).toMatchObject({ held: null });
  });

  test("is decided about with others, all or none, on record by name", async () => {
    const { coffer, admin, one, two, off, names } = await held();
    const wrong = await admin.post(HELD, { enable: [one.id, off.id] });
    expectProblem(wrong, 409, "not_held");
    expect(await names()).toEqual(["one", "two"]);
    const none = await admin.post(HELD, {});
    expectProblem(none, 400, "invalid_request");
    const twice = await admin.post(HELD, { enable: [one.id], leaveOff: [one.id] });
    expectProblem(twice, 400, "invalid_request");

    const answer = await admin.post(HELD, { enable: [one.id], leaveOff: [two.id] });
    expect(must(200, answer)).toEqual({ left: 0 });
    const events = await eventsOf(coffer, answer);
    expect(events.map(({ action, target, code }) => [action, target, code])).toEqual([
      ["services.update", "one", "enabled"],
      ["services.update", "two", "left off"],
      ["services.release", "", "0 left"],
    ]);
    must(200, await one.client.resolve("$SECRET/API_KEY"));
    expectProblem(await two.client.resolve("$SECRET/API_KEY"), 401, "service_disabled");
    expect(must(200, await admin.get(`/api/v1/services/${two.id}`))).toMatchObject({ held: null });
    expectProblem(await admin.post(HELD, { enable: [two.id] }), 409, "not_held");
  });

  test("is decided about where an admin enables or disables it by itself, too", async () => {
    const { admin, one, two, names } = await held();
    must(200, await admin.patch(`/api/v1/services/${one.id}`, { disabled: false }));
    must(200, await admin.patch(`/api/v1/services/${two.id}`, { description: "still held" }));
    expect(await names()).toEqual(["two"]);
    must(200, await admin.patch(`/api/v1/services/${two.id}`, { disabled: true }));
    expect(await names()).toEqual([]);
    must(200, await one.client.resolve("$SECRET/API_KEY"));
  });

  test("goes on only for who has shown lately that it is them", async () => {
    const { coffer, admin, one } = await held();
    coffer.clock.advance(6 * MINUTE_MS);
    expectProblem(await admin.post(HELD, { enable: [one.id] }), 403, "confirmation_required");
    expectProblem(await one.client.resolve("$SECRET/API_KEY"), 401, "service_disabled");
  });

  test("is not made one of those to be decided about by who can write to the database", async () => {
    const { coffer, admin, one, off } = await held();
    await tamper(coffer, (tx) =>
      tx.service.update({ where: { id: off.id }, data: { held: "restored" } }),
    );
    expectProblem(await admin.post(HELD, { enable: [one.id, off.id] }), 500, "tampered", [
      ...["id", "kind"],
    ]);
    expectProblem(await one.client.resolve("$SECRET/API_KEY"), 401, "service_disabled");
  });
});
