import { describe, expect, test } from "vitest";
import { adviceOf, type Terms } from "./advice";
import type { Finding } from "./findings";

const TERMS: Terms = {
  ...{ environment: "prod", service: { id: "s1", name: "llm-proxy" }, only: [] },
  ...{ canCreate: true, canGrant: true },
};

const finding = (
  status: string,
  text = "$SECRET/A_KEY",
  name: string | null = "A_KEY",
): Finding => ({
  ...{ status, text, name, message: null, places: [], tone: "failed" },
});

describe("the advice", () => {
  test("on what is missing leads to making it, with its name, and only who may make it", () => {
    expect(adviceOf(finding("missing"), TERMS)?.link).toEqual({
      label: "Create A_KEY",
      href: "/e/prod/secrets?new=A_KEY",
    });
    const advice = adviceOf(finding("missing"), { ...TERMS, canCreate: false });
    expect(advice?.text).toContain("An admin can create A_KEY");
    expect(advice?.link?.href).toBe("/e/prod/secrets");
  });

  test("on what is denied names the rule, and links the service for who may change it", () => {
    expect(adviceOf(finding("denied"), TERMS)).toEqual({
      text: "Give llm-proxy a rule with Resolve and A_KEY.",
      link: { label: "Open llm-proxy", href: "/e/prod/services/s1" },
    });
    expect(adviceOf(finding("denied"), { ...TERMS, canGrant: false })).toEqual({
      text: "Ask an admin to give llm-proxy a rule with Resolve and A_KEY.",
    });
    const version = adviceOf(finding("denied", "{{Secrets.A_KEY@3}}"), TERMS);
    expect(version?.text).toContain("Also by version");
    const variable = adviceOf(finding("denied", "$ENV/HOME", "HOME"), TERMS);
    expect(variable?.text).toContain("server variables");
    expect(variable?.text).toContain("COFFER_ENV_ALLOW");
  });

  test("on what the reader's own patterns leave out says so, and not that a rule is missing", () => {
    const own = adviceOf(finding("denied"), { ...TERMS, only: ["B_*"] });
    expect(own?.text).toContain("Only these names");
    const rule = adviceOf(finding("denied"), { ...TERMS, only: ["a_*"] });
    expect(rule?.text).toContain("a rule with Resolve");
  });

  test.each(["trashed", "expired", "destroyed", "no_such_version", "unreadable"])(
    "on what is %s leads to the secret",
    (status) => {
      expect(adviceOf(finding(status), TERMS)?.link?.href).toBe("/e/prod/secrets/A_KEY");
    },
  );

  test("is none on what only the text itself can mend", () => {
    expect(adviceOf(finding("malformed", "{{Secrets.…", null), TERMS)).toBeNull();
    expect(adviceOf(finding("unsupported", "$secret://v/1/k", null), TERMS)).toBeNull();
    expect(adviceOf(finding("missing", "$ENV/HOME", "HOME"), TERMS)?.text).toContain(
      "server starts",
    );
  });
});
