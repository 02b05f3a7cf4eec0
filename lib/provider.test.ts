import { describe, expect, it } from "vitest";
import { dropSecrets, readSettings } from "./config";
import { PROVIDER_VARIABLES, providerVariable } from "./provider";

const RIGHT = {
  COFFER_OIDC_PROVIDERS: "my-idp",
  COFFER_OIDC_MY_IDP_ISSUER: "https://id.example.com/realm/",
  COFFER_OIDC_MY_IDP_CLIENT_ID: "coffer",
  COFFER_OIDC_MY_IDP_CLIENT_SECRET: "se-cret",
  COFFER_OIDC_MY_IDP_DOMAINS: "Example.com, sub.example.org",
};

const read = (env: Record<string, string> = {}) =>
  readSettings({ root: "/app", home: "/nowhere", env: { ...RIGHT, ...env } as never });

function refusal(env: Record<string, string>): string {
  try {
    read(env);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`This was not refused: ${JSON.stringify(env)}`);
}

describe("a provider", () => {
  it("has an issuer kept as it was given, domains in lower case, and the smallest role unless told", () => {
    const { config, providerSecrets } = read();
    expect(config.providers).toEqual([
      {
        ...{ id: "my-idp", name: "My-idp", issuer: "https://id.example.com/realm/" },
        ...{ clientId: "coffer", domains: ["example.com", "sub.example.org"], role: "viewer" },
        ...{ roleMap: null, verifiedClaim: "email_verified", scopes: "openid email profile" },
      },
    ]);
    expect(providerSecrets.get("my-idp")).toBe("se-cret");
    expect(JSON.stringify(config)).not.toContain("se-cret");
  });

  it("may have a role map, another default role, or none", () => {
    const map = {
      COFFER_OIDC_MY_IDP_ROLE: "none",
      COFFER_OIDC_MY_IDP_ROLE_CLAIM: "groups",
      COFFER_OIDC_MY_IDP_ROLE_MAP: "vault-admins=admin, a=b=editor",
    };
    const [provider] = read(map).config.providers;
    expect(provider?.role).toBeNull();
    expect(provider?.roleMap).toEqual({
      claim: "groups",
      roles: new Map([
        ["vault-admins", "admin"],
        ["a=b", "editor"],
      ]),
    });
  });

  it.each(["ISSUER", "CLIENT_ID", "CLIENT_SECRET", "DOMAINS"] as const)(
    "without its %s stops the start with one line that names the variable",
    (setting) => {
      const message = refusal({ [providerVariable("my-idp", setting)]: "" });
      expect(message).toMatch(new RegExp(`^COFFER_OIDC_MY_IDP_${setting} is missing`));
      expect(message).not.toContain("\n");
    },
  );

  it.each<[setting: keyof typeof PROVIDER_VARIABLES, text: string]>([
    ["ISSUER", "http://id.example.com"],
    ["ISSUER", "https://id.example.com?a=b"],
    ["ISSUER", "https://id.example.com#a"],
    ["ISSUER", "https://user:se-cret@id.example.com"],
    ["ISSUER", "id.example.com"],
    ["ISSUER", "https://id.example.com "],
    ["CLIENT_ID", "two words"],
    ["DOMAINS", "*.example.com"],
    ["DOMAINS", "example.com,"],
    ["DOMAINS", "@example.com"],
    ["DOMAINS", "ada@example.com"],
    ["DOMAINS", "ex\u00e4mple.com"],
    ["DOMAINS", "."],
    ["ROLE", "owner"],
    ["ROLE", "Admin"],
    ["NAME", "x".repeat(41)],
    ["ROLE_CLAIM", "my groups"],
    ["ROLE_MAP", "admins"],
    ["ROLE_MAP", "admins=owner"],
    ["ROLE_MAP", "admins=none"],
    ["ROLE_MAP", "=admin"],
    ["ROLE_MAP", "a=admin,a=viewer"],
    ["SCOPES", "email profile"],
    ["SCOPES", "openid  email"],
  ])("with %s=%s stops the start, and the line does not repeat what it was", (setting, text) => {
    const name = providerVariable("my-idp", setting);
    expect(refusal({ [name]: text })).toBe(`${name} takes ${PROVIDER_VARIABLES[setting].takes}.`);
  });

  it("has a claim and a map of roles together, or neither", () => {
    for (const [setting, text] of [
      ["ROLE_CLAIM", "groups"],
      ["ROLE_MAP", "admins=admin"],
    ] as const) {
      const message = refusal({ [providerVariable("my-idp", setting)]: text });
      expect(message).toMatch(/ROLE_CLAIM and COFFER_OIDC_MY_IDP_ROLE_MAP go together/);
    }
  });

  it.each(["a,a", "A", "a_b", "credentials", "a,", "../x", "a b", "1"])(
    "can't be called %s",
    (ids) => {
      expect(refusal({ COFFER_OIDC_PROVIDERS: ids })).toMatch(/^COFFER_OIDC_PROVIDERS takes /);
    },
  );

  it("that is not named is not read", () => {
    const env = { COFFER_OIDC_PROVIDERS: "", COFFER_OIDC_MY_IDP_ISSUER: "nonsense" };
    expect(read(env).config.providers).toEqual([]);
  });

  it("leaves no client secret in the environment", () => {
    const env = { ...RIGHT, COFFER_OIDC_OTHER_CLIENT_SECRET: "se-cret" } as never;
    dropSecrets(env);
    expect(JSON.stringify(env)).not.toContain("se-cret");
    expect(env).toMatchObject({ COFFER_OIDC_PROVIDERS: "my-idp" });
  });
});
