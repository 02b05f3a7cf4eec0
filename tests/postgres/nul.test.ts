import { expect, test } from "vitest";
import { asAdmin, startCoffer } from "../support/coffer";
import { callExample, everyRoute, type World } from "../support/every-route";

/** Whatever is called by its id or its name here is called by one that PostgreSQL takes no question with. */
const NOWHERE = new Proxy({}, { get: () => "a%00b" }) as World;

test("an address with a NUL in it is that of nothing, on every route: never the database's failure", async () => {
  const coffer = await startCoffer();
  const admin = await asAdmin(coffer);
  const named = everyRoute.filter(({ route }) => /[:{]/.test(route.path));
  expect(named.length).toBeGreaterThan(20);
  for (const { name, route } of named) {
    const { status, text } = await callExample(admin, route, NOWHERE);
    expect(status, `${name}: ${text}`).toBeGreaterThanOrEqual(400);
    expect(status, `${name}: ${text}`).toBeLessThan(500);
  }
});

test("an e-mail with a NUL in it signs nobody in, and is told what every wrong one is", async () => {
  const coffer = await startCoffer();
  const origin = { address: "127.0.0.1", userAgent: "test", requestId: "nul" };
  const signIn = coffer.vault.people.signIn(origin, "admin@example.com\0", "a password of nobody");
  await expect(signIn).rejects.toMatchObject({ code: "sign_in_failed" });
  const { db } = await coffer.database();
  expect(await db.auditEvent.findMany({ where: { requestId: "nul" } })).toMatchObject([
    { action: "sign_in", outcome: "denied", target: expect.stringMatching(/^unknown:/) as string },
  ]);
});
