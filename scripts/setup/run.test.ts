import { expect, test, vi } from "vitest";
import { runNode } from "./run.mjs";

test("what installs and builds sees none of the secrets of the server", async () => {
  const secrets = [
    "TYK_AI_SECRET_KEY",
    "TYK_AI_SECRET_KEY_PREVIOUS",
    "COFFER_ADMIN_PASSWORD",
    "COFFER_BACKUP_PASSPHRASE",
    "DATABASE_URL",
    "DATABASE_URL_DIRECT",
    "COFFER_AUDIT_WEBHOOK_URL",
    "COFFER_AUDIT_WEBHOOK_SECRET",
    "COFFER_OIDC_OKTA_CLIENT_SECRET",
    "COFFER_OIDC_MY_IDP_CLIENT_SECRET",
  ];
  for (const name of secrets) vi.stubEnv(name, `value of ${name}`);
  vi.stubEnv("COFFER_OIDC_OKTA_CLIENT_ID", "no secret");
  const { output } = await runNode(["--print", "JSON.stringify(process.env)"]);
  const seen = JSON.parse(output) as Record<string, string>;
  for (const name of secrets) expect(seen).not.toHaveProperty(name);
  expect(output).not.toContain("value of ");
  expect(seen).toMatchObject({ COFFER_OIDC_OKTA_CLIENT_ID: "no secret", CHECKPOINT_DISABLE: "1" });
  vi.unstubAllEnvs();
});
