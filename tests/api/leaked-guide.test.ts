import { expect, test } from "vitest";
import type { IncidentStory } from "../../lib/shapes";
import {
  asAdmin,
  must,
  mustCreateSecret,
  mustCreateService,
  mustMintToken,
  mustRotate,
  startCoffer,
} from "../support/coffer";
import { blocksOf } from "../support/guide";

test("the guide to the bad day by API does what it says, call by call", async () => {
  const coffer = await startCoffer();
  coffer.clock.advance(Date.parse("2030-02-01T00:00:00Z") - coffer.clock.now().getTime());
  const admin = await asAdmin(coffer);
  await mustCreateSecret(admin, "STRIPE_KEY", "v");
  for (const value of ["w", "x"]) await mustRotate(admin, "STRIPE_KEY", value);
  const service = await mustCreateService(admin, "shop", ["STRIPE_*"]);
  await mustMintToken(admin, service.id);
  const calls = blocksOf("leaked.md", "").flatMap((block) => block.trim().split("\n"));
  expect(calls.length).toBeGreaterThanOrEqual(9);
  let incident = "";
  for (const call of calls) {
    const [, method = "", path = "", body] = /^(\w+) +(\S+) *(\{.*\})?$/.exec(call) ?? [];
    const at = path.replace("ID", incident).replace("SERVICE", service.id);
    const answer = await admin.send(method, at.startsWith("/") ? at : `/${at}`, body);
    expect([200, 201, 204], `${call}: ${answer.text}`).toContain(answer.status);
    if (path === "/api/v1/incidents") incident = String(answer.json?.["id"]);
  }
  const story = must(200, await admin.get(`/api/v1/incidents/${incident}`)) as IncidentStory;
  expect(story.closedAt).not.toBeNull();
  expect(story.events.map(({ action }) => action)).toEqual([
    ...["incidents.open", "secrets.rotate", "secrets.destroy", "tokens.revoke"],
    ...["services.update", "incidents.write", "incidents.close"],
  ]);
});
