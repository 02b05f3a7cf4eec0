import { describe, expect, it } from "vitest";
import type { Role, Rule } from "../shapes";
import { OPERATOR, type Caller, type Origin, type UserCaller } from "./caller";
import { may, mustConfirm, type Action, type Target } from "./may";
import { compileRules } from "./rules";

const origin: Origin = { address: "127.0.0.1", userAgent: "", requestId: "" };
const DEFAULT = { slug: "default", protected: false };
const PRODUCTION = { slug: "production", protected: true };

function person(role: Role, more: Partial<UserCaller> = {}): Caller {
  return {
    kind: "user",
    id: "u",
    email: "u@example.com",
    name: "U",
    role,
    sessionId: "0",
    isConfirmed: true,
    owesTwoStep: false,
    origin,
    ...more,
  };
}

function service(rules: Partial<Rule>[], environment = DEFAULT): Caller {
  const full = rules.map((rule): Rule => ({
    actions: [],
    names: [],
    env: [],
    versions: "current",
    protectedWrite: false,
    ...rule,
  }));
  return {
    ...{ kind: "service", id: "s", name: "S", tokenId: "t" },
    environment: { id: "e", ...environment },
    ...{ rules: compileRules(full), rulesText: JSON.stringify(full), demands: [], origin },
  };
}

const nobody: Caller = { kind: "nobody", origin };

describe("what people may do, by role", () => {
  // "unguarded": yes, but not where the environment is protected.
  const policy: Record<Action, [admin: string, editor: string, viewer: string, auditor: string]> = {
    "secrets.list": ["yes", "yes", "yes", "yes"],
    "secrets.create": ["yes", "unguarded", "no", "no"],
    "secrets.rotate": ["yes", "unguarded", "no", "no"],
    "secrets.describe": ["yes", "unguarded", "no", "no"],
    "secrets.activate": ["yes", "unguarded", "no", "no"],
    "secrets.trash": ["yes", "unguarded", "no", "no"],
    "secrets.restore": ["yes", "unguarded", "no", "no"],
    "secrets.destroy": ["yes", "no", "no", "no"],
    "secrets.purge": ["yes", "no", "no", "no"],
    "secrets.import": ["yes", "no", "no", "no"],
    "secrets.export": ["yes", "no", "no", "no"],
    "secrets.resolve": ["no", "no", "no", "no"],
    "secrets.watch": ["no", "no", "no", "no"],
    "secrets.check": ["yes", "yes", "no", "no"],
    "incidents.read": ["yes", "no", "no", "no"],
    "incidents.look": ["yes", "no", "no", "no"],
    "incidents.handle": ["yes", "no", "no", "no"],
    "services.list": ["yes", "no", "no", "no"],
    "services.create": ["yes", "no", "no", "no"],
    "services.update": ["yes", "no", "no", "no"],
    "services.grant": ["yes", "no", "no", "no"],
    "services.release": ["yes", "no", "no", "no"],
    "services.delete": ["yes", "no", "no", "no"],
    "tokens.create": ["yes", "no", "no", "no"],
    "tokens.revoke": ["yes", "no", "no", "no"],
    "environments.list": ["yes", "yes", "yes", "yes"],
    "environments.create": ["yes", "no", "no", "no"],
    "environments.update": ["yes", "no", "no", "no"],
    "environments.unprotect": ["yes", "no", "no", "no"],
    "environments.delete": ["yes", "no", "no", "no"],
    "users.list": ["yes", "no", "no", "no"],
    "users.create": ["yes", "no", "no", "no"],
    "users.update": ["yes", "no", "no", "no"],
    "users.delete": ["yes", "no", "no", "no"],
    "users.link": ["yes", "no", "no", "no"],
    "users.two_step": ["yes", "no", "no", "no"],
    "users.password": ["no", "no", "no", "no"],
    account: ["yes", "yes", "yes", "yes"],
    "account.secure": ["yes", "yes", "yes", "yes"],
    "policy.read": ["yes", "no", "no", "no"],
    "policy.update": ["yes", "no", "no", "no"],
    "integrity.check": ["yes", "no", "no", "no"],
    "audit.read": ["yes", "no", "no", "yes"],
    "audit.sinks": ["yes", "no", "no", "yes"],
    "audit.verify": ["yes", "no", "no", "yes"],
    "audit.checkpoint": ["yes", "no", "no", "yes"],
    "audit.prune": ["no", "no", "no", "no"],
    "keys.read": ["yes", "no", "no", "no"],
    "keys.rotate": ["yes", "no", "no", "no"],
    "keys.check": ["yes", "no", "no", "no"],
    "keys.end": ["yes", "no", "no", "no"],
    "keys.reset": ["no", "no", "no", "no"],
    "trash.sweep": ["no", "no", "no", "no"],
    "sessions.prune": ["no", "no", "no", "no"],
    "setup.prepare": ["no", "no", "no", "no"],
    "backup.create": ["yes", "no", "no", "no"],
    "backup.read": ["yes", "no", "no", "no"],
    "backup.restore": ["no", "no", "no", "no"],
    "vault.move": ["no", "no", "no", "no"],
    whoami: ["yes", "yes", "yes", "yes"],
  };
  const actions = Object.keys(policy) as Action[];
  const ROLES = ["admin", "editor", "viewer", "auditor"] as const;

  it.each(actions)("%s", (action) => {
    const grants = policy[action];
    for (const [column, role] of ROLES.entries()) {
      const grant = grants[column];
      const caller = person(role);
      const name = "ANY_NAME";
      expect(may(caller, action, { environment: DEFAULT, name }), role).toBe(grant !== "no");
      expect(may(caller, action, { environment: PRODUCTION, name }), role).toBe(grant === "yes");
    }
  });

  it("names an environment for what is not allowed everywhere: without one it is refused", () => {
    for (const action of actions) {
      expect(may(person("editor"), action, {})).toBe(policy[action][1] === "yes");
    }
  });

  it("whoever owes a second factor may set it up, and nothing else", () => {
    const allowed = actions.filter((action) => may(person("admin", { owesTwoStep: true }), action));
    expect(allowed.sort()).toEqual(["account", "account.secure", "whoami"]);
  });

  it("what gives rights or takes protection away wants the password or a code again", () => {
    const asked = actions.filter((action) =>
      mustConfirm(person("admin", { isConfirmed: false }), action),
    );
    expect(asked.sort()).toEqual([
      "account.secure",
      "backup.create",
      "environments.unprotect",
      "incidents.handle",
      "incidents.look",
      "keys.end",
      "keys.rotate",
      "policy.update",
      "services.grant",
      "services.release",
      "tokens.create",
      "users.create",
      "users.delete",
      "users.link",
      "users.two_step",
      "users.update",
    ]);
    expect(actions.filter((action) => mustConfirm(person("admin"), action))).toEqual([]);
    expect(actions.filter((action) => mustConfirm(service([]), action))).toEqual([]);
  });

  it("is only for the four roles: any other is an error and never a yes", () => {
    for (const role of ["root", "", "Admin", "__proto__", "constructor", "toString"]) {
      for (const action of actions) {
        expect(may(person(role as Role), action, { environment: DEFAULT })).toBe(false);
      }
    }
  });
});

describe("what a service may do", () => {
  const policy: [Partial<Rule>[], Action, Target, boolean][] = [
    // Without rules, who it is and nothing else.
    [[], "whoami", {}, true],
    [[], "secrets.resolve", { name: "A" }, false],
    [[], "secrets.list", {}, false],
    [[], "secrets.create", { name: "A" }, false],

    // Each action is for its own thing.
    [[{ actions: ["resolve"], names: ["*"] }], "secrets.resolve", { name: "A" }, true],
    [[{ actions: ["resolve"], names: ["*"] }], "secrets.list", { name: "A" }, false],
    [[{ actions: ["resolve"], names: ["*"] }], "secrets.rotate", { name: "A" }, false],
    [[{ actions: ["list"], names: ["*"] }], "secrets.list", { name: "A" }, true],
    [[{ actions: ["list"], names: ["*"] }], "secrets.resolve", { name: "A" }, false],
    [[{ actions: ["write"], names: ["*"] }], "secrets.create", { name: "A" }, true],
    [[{ actions: ["write"], names: ["*"] }], "secrets.rotate", { name: "A" }, true],
    [[{ actions: ["write"], names: ["*"] }], "secrets.list", { name: "A" }, false],
    [[{ actions: ["write"], names: ["*"] }], "secrets.describe", { name: "A" }, false],
    [[{ actions: ["write"], names: ["*"] }], "secrets.trash", { name: "A" }, false],
    [[{ actions: ["check"], names: ["*"] }], "secrets.resolve", { name: "A" }, false],
    [[{ actions: ["check"], names: ["*"] }], "secrets.list", { name: "A" }, false],
    [[{ actions: ["check"], names: ["*"] }], "secrets.check", { name: "A" }, true],
    [[{ actions: ["resolve"], names: ["*"] }], "secrets.check", { name: "A" }, false],

    // A variable of the server is named exactly, by a rule with the action; patterns do not cover it.
    [[{ actions: ["resolve"], names: ["*"] }], "secrets.resolve", { variable: "A" }, false],
    [[{ actions: ["resolve"], env: ["A"] }], "secrets.resolve", { variable: "A" }, true],
    [[{ actions: ["resolve"], env: ["A"] }], "secrets.resolve", { variable: "a" }, false],
    [[{ actions: ["resolve"], env: ["A"] }], "secrets.resolve", { name: "A" }, false],
    [[{ actions: ["resolve"], env: ["A"] }], "secrets.check", { variable: "A" }, false],
    [[{ actions: ["check"], env: ["A"] }], "secrets.check", { variable: "A" }, true],
    [[{ actions: ["resolve"], names: ["A"] }], "secrets.watch", { name: "A" }, true],
    [[{ actions: ["resolve"], names: ["A"] }], "secrets.watch", { name: "B" }, false],
    [[{ actions: ["check", "list"], names: ["*"] }], "secrets.watch", { name: "A" }, false],
    [[{ actions: ["check"], env: ["A"] }], "secrets.resolve", { variable: "A" }, false],
    [[{ actions: ["list", "write"], env: ["A"] }], "secrets.resolve", { variable: "A" }, false],
    [[{ actions: ["metrics"], names: ["*"] }], "secrets.list", {}, false],

    // Names are held to their rule, in any case.
    [
      [{ actions: ["resolve"], names: ["OPENAI_*"] }],
      "secrets.resolve",
      { name: "openai_key" },
      true,
    ],
    [
      [{ actions: ["resolve"], names: ["openai_*"] }],
      "secrets.resolve",
      { name: "OPENAI_KEY" },
      true,
    ],
    [[{ actions: ["resolve"], names: ["OPENAI_*"] }], "secrets.resolve", { name: "OPENAI" }, false],
    [
      [{ actions: ["resolve"], names: ["OPENAI_*"] }],
      "secrets.resolve",
      { name: "XOPENAI_KEY" },
      false,
    ],
    [[{ actions: ["resolve"], names: ["A"] }], "secrets.resolve", { name: "AA" }, false],
    [[{ actions: ["resolve"], names: [] }], "secrets.resolve", { name: "A" }, false],
    [[{ actions: ["resolve"], names: ["A", "B"] }], "secrets.resolve", { name: "B" }, true],

    // A list without a name: whether there is anything to list.
    [[{ actions: ["list"], names: ["A"] }], "secrets.list", {}, true],
    [[{ actions: ["resolve"], names: ["A"] }], "secrets.list", {}, false],

    // One rule's action never serves another rule's names.
    [
      [
        { actions: ["list"], names: ["A"] },
        { actions: ["resolve"], names: ["B"] },
      ],
      "secrets.resolve",
      { name: "A" },
      false,
    ],
    [
      [
        { actions: ["list"], names: ["A"] },
        { actions: ["resolve"], names: ["B"] },
      ],
      "secrets.list",
      { name: "B" },
      false,
    ],

    // A version needs the rule that covers the name to say so.
    [
      [{ actions: ["resolve"], names: ["A"] }],
      "secrets.resolve",
      { name: "A", otherVersion: true },
      false,
    ],
    [
      [{ actions: ["resolve"], names: ["A"], versions: "any" }],
      "secrets.resolve",
      { name: "A", otherVersion: true },
      true,
    ],
    [
      [
        { actions: ["resolve"], names: ["A"] },
        { actions: ["resolve"], names: ["B"], versions: "any" },
      ],
      "secrets.resolve",
      { name: "A", otherVersion: true },
      false,
    ],
    [
      [
        { actions: ["list"], names: ["A"], versions: "any" },
        { actions: ["resolve"], names: ["A"] },
      ],
      "secrets.resolve",
      { name: "A", otherVersion: true },
      false,
    ],

    // Its own environment and no other.
    [
      [{ actions: ["resolve"], names: ["*"] }],
      "secrets.resolve",
      { name: "A", environment: DEFAULT },
      true,
    ],
    [
      [{ actions: ["resolve"], names: ["*"] }],
      "secrets.resolve",
      { name: "A", environment: PRODUCTION },
      false,
    ],
    [[{ actions: ["list"], names: ["*"] }], "secrets.list", { environment: PRODUCTION }, false],
  ];

  it.each(policy)("%j: %s of %j is %s", (rules, action, target, allowed) => {
    expect(may(service(rules), action, target)).toBe(allowed);
  });

  it("is to write in its protected environment only where the very rule that covers the name allows it", () => {
    const write = { actions: ["write" as const], names: ["A"] };
    const allowed = { ...write, protectedWrite: true };
    const cases: [Partial<Rule>[], string, boolean][] = [
      [[write], "A", false],
      [[{ ...write, actions: ["write", "resolve", "list"], names: ["*"] }], "A", false],
      [[allowed], "A", true],
      [[allowed], "B", false],
      [[write, { ...allowed, names: ["B"] }], "A", false],
      [[write, { ...allowed, actions: ["resolve", "list"] }], "A", false],
      [[write, allowed], "A", true],
    ];
    for (const [rules, name, yes] of cases) {
      const caller = service(rules, PRODUCTION);
      for (const action of ["secrets.create", "secrets.rotate"] as const) {
        const target = { environment: PRODUCTION, name };
        expect(may(caller, action, target), `${action} ${JSON.stringify(rules)}`).toBe(yes);
      }
    }
  });

  it("is nothing more by a protected write: not another action, not another environment", () => {
    const caller = service(
      [{ actions: ["write"], names: ["*"], protectedWrite: true, versions: "any" }],
      PRODUCTION,
    );
    const never: Action[] = ["secrets.resolve", "secrets.list", "secrets.activate"];
    for (const action of [...never, "secrets.describe", "secrets.trash"] as const) {
      expect(may(caller, action, { environment: PRODUCTION, name: "A" }), action).toBe(false);
    }
    for (const environment of [DEFAULT, { slug: "other", protected: true }]) {
      expect(may(caller, "secrets.rotate", { environment, name: "A" })).toBe(false);
    }
  });

  it("reads in a protected environment as in any other", () => {
    const caller = service([{ actions: ["resolve", "list"], names: ["*"] }], PRODUCTION);
    const target = { environment: PRODUCTION, name: "A" };
    expect(may(caller, "secrets.resolve", target)).toBe(true);
    expect(may(caller, "secrets.list", target)).toBe(true);
  });

  it("is none of an admin's work, whatever its rules", () => {
    const all = service([
      {
        actions: ["resolve", "check", "list", "write", "metrics"],
        ...{ names: ["*"], env: ["HOME"], versions: "any", protectedWrite: true },
      },
    ]);
    const never: Action[] = [
      ...(["secrets.describe", "secrets.activate", "secrets.trash", "secrets.restore"] as const),
      ...(["secrets.destroy", "secrets.purge", "services.list", "services.create"] as const),
      ...(["services.update", "services.delete", "tokens.create", "tokens.revoke"] as const),
      ...(["environments.list", "environments.create", "environments.update"] as const),
      ...(["environments.delete", "setup.prepare", "integrity.check"] as const),
      ...(["incidents.read", "incidents.look", "incidents.handle"] as const),
      ...(["keys.read", "keys.rotate", "keys.check", "keys.end"] as const),
      ...(["audit.verify", "audit.checkpoint", "keys.reset", "trash.sweep"] as const),
      ...(["audit.prune", "sessions.prune"] as const),
      ...(["backup.create", "backup.restore", "vault.move"] as const),
    ];
    for (const action of never) {
      expect(may(all, action, { environment: DEFAULT, name: "A" }), action).toBe(false);
    }
  });
});

describe("what nobody and the operator may do", () => {
  const actions: Action[] = [
    ...(["secrets.list", "secrets.create", "secrets.rotate", "secrets.resolve"] as const),
    ...(["secrets.purge", "services.list", "tokens.create", "environments.list"] as const),
    "whoami",
  ];

  it("nobody: nothing at all", () => {
    const more = [
      ...(["setup.prepare", "keys.reset", "trash.sweep", "audit.prune"] as const),
      ...(["sessions.prune", "vault.move"] as const),
    ] as const;
    for (const action of [...actions, ...more]) {
      expect(may(nobody, action, { environment: DEFAULT, name: "A" })).toBe(false);
    }
  });

  it("the operator: prepare the setup, let people in, see to the keys, read and verify the record, import, back up, restore and move, sweep the trash, prune the record and ended sessions, and nothing else with secrets", () => {
    const allowed = [
      ...(["setup.prepare", "users.create", "users.password", "trash.sweep"] as const),
      ...(["secrets.import", "environments.list"] as const),
      ...(["audit.read", "audit.verify", "audit.checkpoint", "audit.prune"] as const),
      "sessions.prune" as const,
      ...(["keys.read", "keys.rotate", "keys.check", "keys.end", "keys.reset"] as const),
      ...(["backup.create", "backup.restore", "vault.move"] as const),
    ];
    for (const action of allowed) expect(may(OPERATOR, action), action).toBe(true);
    for (const action of actions.filter((each) => each !== "environments.list")) {
      expect(may(OPERATOR, action, { environment: DEFAULT, name: "A" })).toBe(false);
    }
  });
});
