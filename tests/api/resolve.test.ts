import { expect, test } from "vitest";
import { asAdmin, mustCreateSecret, mustHaveService, startCoffer } from "../support/coffer";

test("a service gets its config back with every reference expanded", async () => {
  const coffer = await startCoffer();
  const admin = await asAdmin(coffer);
  await mustCreateSecret(admin, "OPENAI_API_KEY", "sk-123");
  const service = await mustHaveService(coffer, admin, ["OPENAI_*"]);
  const answer = await service.resolve({ key: "Bearer $SECRET/OPENAI_API_KEY" });
  console.log(answer.text);
  expect(answer.status).toBe(200);
  expect(answer.json?.["config"]).toEqual({ key: "Bearer sk-123" });
});
