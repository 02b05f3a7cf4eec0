import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  dropSecrets,
  keptMasterKey,
  makeMasterKey,
  prepareProcess,
  readSettings,
  VARIABLES,
  type Settings,
} from "./config";
import { NO_VARIABLES } from "./server-variables";
import { NO_SINKS } from "./sinks";
import { ConfigError } from "./setting";

const KEY = "sixteen letters!";

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "coffer-config-"));
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

function read(env: Record<string, string> = {}): Settings {
  return readSettings({ root: "/app", home, env: env as never });
}

/** The one line that a start is refused with. */
function refusal(env: Record<string, string>): string {
  try {
    read(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    const { message } = error as ConfigError;
    expect(message).not.toContain("\n");
    return message;
  }
  throw new Error(`This was not refused: ${JSON.stringify(env)}`);
}

function dotEnv(text: string): void {
  writeFileSync(join(home, ".env"), text);
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(home, name);
  writeFileSync(path, content);
  return path;
}

describe("without any setting", () => {
  it("Coffer listens on this machine only, keeps its data beside it, and has no key yet", () => {
    expect(read()).toEqual({
      config: {
        databaseUrl: `file:${join(home, "data/coffer.db")}`,
        host: "127.0.0.1",
        port: 3000,
        instanceRole: "all",
        url: "http://localhost:3000",
        urlGiven: false,
        trustedProxies: [],
        providers: [],
        logLevel: "info",
        trashDays: 30,
        auditKeep: { days: null, events: null },
        root: "/app",
        envFile: join(home, ".env"),
      },
      masterKey: undefined,
      admin: undefined,
      providerSecrets: new Map(),
      variables: NO_VARIABLES,
      sinks: NO_SINKS,
    });
  });
});

describe("each variable", () => {
  type Good = [
    name: keyof typeof VARIABLES,
    text: string,
    (settings: Settings) => unknown,
    unknown,
  ];
  it.each<Good>([
    ["TYK_AI_SECRET_KEY", KEY, (s) => s.masterKey, KEY],
    ["TYK_AI_SECRET_KEY", ` ${KEY} é `, (s) => s.masterKey, ` ${KEY} é `],
    ["DATABASE_URL", "file:/srv/coffer.db", (s) => s.config.databaseUrl, "file:/srv/coffer.db"],
    ["HOST", "localhost", (s) => s.config.host, "localhost"],
    ["HOST", "::1", (s) => s.config.host, "::1"],
    ["PORT", "0", (s) => s.config.port, 0],
    ["PORT", "65535", (s) => s.config.port, 65_535],
    ["PORT", "8080", (s) => s.config.url, "http://localhost:8080"],
    ["COFFER_URL", "https://coffer.example.com", (s) => s.config.url, "https://coffer.example.com"],
    [
      "COFFER_URL",
      "https://Coffer.Example.com:443/",
      (s) => s.config.url,
      "https://coffer.example.com",
    ],
    ["COFFER_URL", "http://localhost:3000", (s) => s.config.urlGiven, true],
    ["COFFER_ROLE", "api", (s) => s.config.instanceRole, "api"],
    ["COFFER_LOG_LEVEL", "silent", (s) => s.config.logLevel, "silent"],
    ["COFFER_TRASH_DAYS", "90", (s) => s.config.trashDays, 90],
    ["COFFER_AUDIT_KEEP_DAYS", "365", (s) => s.config.auditKeep, { days: 365, events: null }],
    ["COFFER_AUDIT_KEEP_EVENTS", "1000000", (s) => s.config.auditKeep.events, 1_000_000],
    ["COFFER_AUDIT_STREAM", "stdout", (s) => s.sinks.stream, "stdout"],
    ["COFFER_AUDIT_STREAM", "/var/log/c.jsonl", (s) => s.sinks.stream, "/var/log/c.jsonl"],
    ["COFFER_INSECURE_HTTP", "0", (s) => s.config.host, "127.0.0.1"],
    [
      "COFFER_TRUSTED_PROXIES",
      "10.0.0.0/8, ::1",
      (s) => s.config.trustedProxies,
      ["10.0.0.0/8", "::1"],
    ],
  ])("%s=%s is taken", (name, text, get, expected) => {
    expect(get(read({ [name]: text }))).toEqual(expected);
  });

  it.each<[name: keyof typeof VARIABLES, text: string]>([
    ["TYK_AI_SECRET_KEY", "fifteen letters"],
    ["DATABASE_URL", "postgresql://coffer:pass-word@db"],
    ["DATABASE_URL", "postgresql:///coffer"],
    ["DATABASE_URL", "postgresql://coffer:pass-word@/coffer"],
    ["DATABASE_URL", "postgresql:coffer"],
    ["DATABASE_URL", "mysql://x"],
    ["DATABASE_URL", "file:"],
    ["DATABASE_URL", "./coffer.db"],
    ["DATABASE_URL", "FILE:/x"],
    ["DATABASE_URL_DIRECT", "file:/srv/coffer.db"],
    ["DATABASE_URL_DIRECT", "postgresql://coffer:pass-word@db"],
    ["DATABASE_URL_DIRECT", "postgresql://coffer:pass-word@db/coffer?pgbouncer=true"],
    ["PORT", "65536"],
    ["PORT", "-1"],
    ["PORT", "3000.5"],
    ["PORT", "0x50"],
    ["PORT", "http"],
    ["PORT", " 80"],
    ["PORT", "80\n"],
    ["COFFER_URL", "coffer.example.com"],
    ["COFFER_URL", "ftp://coffer.example.com"],
    ["COFFER_URL", "https://coffer.example.com/coffer"],
    ["COFFER_URL", "https://coffer.example.com?a=b"],
    ["COFFER_URL", "https://coffer.example.com#a"],
    ["COFFER_URL", "https://user:pass-word@coffer.example.com"],
    ["COFFER_URL", "https://:pass-word@coffer.example.com"],
    ["COFFER_URL", "https://"],
    ["COFFER_URL", "javascript:alert(1)"],
    ["COFFER_ADMIN_EMAIL", "admin"],
    ["COFFER_ADMIN_PASSWORD", "pass-word"],
    ["COFFER_BACKUP_PASSPHRASE", "pass-phrase"],
    ["COFFER_INSECURE_HTTP", "true"],
    ["COFFER_INSECURE_HTTP", "yes"],
    ["COFFER_TRUSTED_PROXIES", "proxy.example.com"],
    ["COFFER_TRUSTED_PROXIES", "10.0.0.0/33"],
    ["COFFER_TRUSTED_PROXIES", "10.0.0.1,"],
    ["COFFER_TRUSTED_PROXIES", "true"],
    ["COFFER_ENV_ALLOW", "VAULT_*"],
    ["COFFER_ENV_ALLOW", "VAULT-TOKEN"],
    ["COFFER_ENV_ALLOW", "VAULT_TOKEN,"],
    ["COFFER_ENV_ALLOW", "HOME,TYK_AI_SECRET_KEY"],
    ["COFFER_ENV_ALLOW", "tyk_ai_secret_key"],
    ["COFFER_ENV_ALLOW", "TYK_AI_SECRET_KEY_FILE"],
    ["COFFER_ENV_ALLOW", "COFFER_ADMIN_PASSWORD"],
    ["COFFER_ENV_ALLOW", "DATABASE_URL"],
    ["COFFER_ENV_ALLOW", "DATABASE_URL_DIRECT"],
    ["COFFER_ENV_ALLOW", "NEXTAUTH_SECRET"],
    ["COFFER_ROLE", "resolver"],
    ["COFFER_ROLE", "API"],
    ["COFFER_LOG_LEVEL", "verbose"],
    ["COFFER_LOG_LEVEL", "INFO"],
    ["COFFER_AUDIT_STREAM", "stderr"],
    ["COFFER_AUDIT_STREAM", "audit.jsonl"],
    ["COFFER_AUDIT_WEBHOOK_URL", "collector.example.com"],
    ["COFFER_AUDIT_WEBHOOK_URL", "ftp://collector.example.com"],
    ["COFFER_AUDIT_WEBHOOK_URL", "https://user:pass-word@collector.example.com"],
    ["COFFER_AUDIT_WEBHOOK_URL", "https://collector.example.com/#pass-word"],
    ["COFFER_AUDIT_WEBHOOK_SECRET", "pass-word"],
    ["COFFER_TRASH_DAYS", "0"],
    ["COFFER_TRASH_DAYS", "3651"],
    ["COFFER_TRASH_DAYS", "30d"],
    ["COFFER_AUDIT_KEEP_DAYS", "0"],
    ["COFFER_AUDIT_KEEP_DAYS", "1y"],
    ["COFFER_AUDIT_KEEP_EVENTS", "0"],
    ["COFFER_AUDIT_KEEP_EVENTS", "1e6"],
  ])(
    "%s=%s stops the start with one line that names it and what it takes, and not what it was",
    (name, text) => {
      const message = refusal({ [name]: text });
      expect(message).toBe(`${name} takes ${VARIABLES[name].takes}.`);
      expect(message).not.toContain("pass-word");
    },
  );

  it.each(["data/coffer.db", "data/coffer.db-wal", "data/coffer.db.record-index", ".env", "link"])(
    "COFFER_AUDIT_STREAM is no file that Coffer keeps itself: %s",
    (name) => {
      mkdirSync(join(home, "data"));
      writeFileSync(join(home, "data/coffer.db"), "");
      symlinkSync(join(home, "data/coffer.db"), join(home, "link"));
      expect(refusal({ COFFER_AUDIT_STREAM: join(home, name) })).toMatch(
        /^COFFER_AUDIT_STREAM is the name of a file that Coffer keeps itself/,
      );
    },
  );

  it("COFFER_AUDIT_STREAM may be another file beside the database", () => {
    const stream = join(home, "data/coffer.jsonl");
    expect(read({ COFFER_AUDIT_STREAM: stream }).sinks.stream).toBe(stream);
  });

  it("COFFER_ENV_ALLOW names all that a reference may read, from the environment or from .env", () => {
    dotEnv("FROM_FILE=file\nIN_BOTH=file\nNOT_NAMED=file\n");
    const env = { IN_BOTH: "environment", EMPTY: "", CONSTRUCTOR: "x", HOME: "/root" };
    const COFFER_ENV_ALLOW = "FROM_FILE, IN_BOTH,EMPTY,UNSET,constructor";
    const { variables } = read({ ...env, COFFER_ENV_ALLOW });
    const values = ["FROM_FILE", "IN_BOTH", "EMPTY", "UNSET", "constructor", "HOME", "NOT_NAMED"];
    expect(values.map((name) => variables.read(name))).toEqual([
      ...["file", "environment", "", undefined, undefined, undefined, undefined],
    ]);
    expect(values.map((name) => variables.isAllowed(name))).toEqual([
      ...[true, true, true, true, true, false, false],
    ]);
  });

  describe("COFFER_AUDIT_WEBHOOK_URL", () => {
    const secret = { COFFER_AUDIT_WEBHOOK_SECRET: "sixteen letters!" };
    const webhook = (url: string) => ({ COFFER_AUDIT_WEBHOOK_URL: url, ...secret });

    it.each([
      ...["https://collector.example.com/x?key=1", "https://10.0.0.1", "http://127.0.0.1:9"],
      ...["http://localhost:8080/x", "http://[::1]/"],
    ])("takes %s", (url) => {
      const { webhook: taken } = read(webhook(url)).sinks;
      expect(taken?.url.href).toBe(new URL(url).href);
      expect(taken?.secret).toBe("sixteen letters!");
    });

    it.each([
      ...["http://collector.example.com", "http://127.0.0.1.example.com", "http://10.0.0.1"],
      ...["http://0.0.0.0", "http://localhost.example.com"],
    ])("takes %s only where COFFER_INSECURE_HTTP says that plain HTTP is meant", (url) => {
      const { takes } = VARIABLES.COFFER_AUDIT_WEBHOOK_URL;
      expect(refusal(webhook(url))).toBe(`COFFER_AUDIT_WEBHOOK_URL takes ${takes}.`);
      expect(read({ ...webhook(url), COFFER_INSECURE_HTTP: "1" }).sinks.webhook).not.toBeNull();
    });

    it("goes with COFFER_AUDIT_WEBHOOK_SECRET", () => {
      const message = refusal({ COFFER_AUDIT_WEBHOOK_URL: "https://collector.example.com" });
      expect(message).toContain("go together");
      expect(refusal(secret)).toBe(message);
    });

    it("is gone from the environment once it is read, and so is its secret", () => {
      const env: Record<string, string> = webhook("https://collector.example.com/?key=1");
      read(env);
      expect(env).toEqual({});
    });
  });

  it("that is empty counts as not set", () => {
    const empty = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, ""]));
    expect(read(empty)).toEqual(read());
  });

  it("has a _FILE form, whose file loses one trailing newline and nothing else", () => {
    const key = (content: string) =>
      read({ TYK_AI_SECRET_KEY_FILE: file("key", content) }).masterKey;
    expect(key(`${KEY}\n`)).toBe(KEY);
    expect(key(`${KEY}\r\n`)).toBe(KEY);
    expect(key(KEY)).toBe(KEY);
    expect(key(`${KEY}\n\n`)).toBe(`${KEY}\n`);
    expect(key(` ${KEY}\t \n`)).toBe(` ${KEY}\t `);
    expect(key(`\n${KEY}`)).toBe(`\n${KEY}`);
    file("port", "8080\n");
    expect(read({ PORT_FILE: "port" }).config.port).toBe(8080); // relative to home
    expect(refusal({ PORT_FILE: file("bad", "eighty\n") })).toMatch(/^PORT takes /);
  });

  it("and its _FILE form together stop the start, wherever each was set", () => {
    const path = file("key", `${KEY}\n`);
    const both = { TYK_AI_SECRET_KEY: KEY, TYK_AI_SECRET_KEY_FILE: path };
    expect(refusal(both)).toMatch(/^TYK_AI_SECRET_KEY and TYK_AI_SECRET_KEY_FILE are both set/);
    expect(refusal(both)).not.toContain(KEY);
    dotEnv(`TYK_AI_SECRET_KEY=${KEY}\n`);
    expect(refusal({ TYK_AI_SECRET_KEY_FILE: path })).toMatch(/both set/);
  });

  it("whose file can't be read stops the start and names variable and file", () => {
    const message = refusal({ TYK_AI_SECRET_KEY_FILE: "/no/such/file" });
    expect(message).toMatch(/^TYK_AI_SECRET_KEY_FILE .*\/no\/such\/file/);
    expect(refusal({ TYK_AI_SECRET_KEY_FILE: home })).toMatch(/^TYK_AI_SECRET_KEY_FILE /);
  });
});

describe("the .env file", () => {
  it("is read for what the environment does not have", () => {
    dotEnv(`# comment\nPORT=4000\nTYK_AI_SECRET_KEY="${KEY} quoted"\nCOFFER_LOG_LEVEL=warn\n`);
    const { config, masterKey } = read({ PORT: "5000" });
    expect(config).toMatchObject({ port: 5000, logLevel: "warn" });
    expect(masterKey).toBe(`${KEY} quoted`);
  });

  it("is read too where the environment has an empty text, which is how compose files say nothing", () => {
    dotEnv(`TYK_AI_SECRET_KEY=${KEY}\nPORT=4000\n`);
    const { config, masterKey } = read({ TYK_AI_SECRET_KEY: "", PORT: "" });
    expect(masterKey).toBe(KEY);
    expect(config.port).toBe(4000);
  });

  it("is refused where it has a bad setting", () => {
    dotEnv("PORT=eighty\n");
    expect(refusal({})).toMatch(/^PORT takes /);
  });

  it("does not get into the process's environment", () => {
    dotEnv(`TYK_AI_SECRET_KEY=${KEY}\n`);
    const env: Record<string, string> = {};
    read(env);
    expect(env).toEqual({});
  });
});

describe("a secret in the environment", () => {
  it("is taken out of it once it is read, so that nothing later can find it", () => {
    const env: Record<string, string> = {
      TYK_AI_SECRET_KEY: KEY,
      COFFER_ADMIN_EMAIL: "a@example.com",
      COFFER_ADMIN_PASSWORD: "twelve letters",
      PATH: "/bin",
    };
    const { masterKey, admin } = readSettings({ root: "/app", home, env: env as never });
    expect(masterKey).toBe(KEY);
    expect(admin).toEqual({ email: "a@example.com", password: "twelve letters" });
    expect(env).toEqual({ COFFER_ADMIN_EMAIL: "a@example.com", PATH: "/bin" });
  });

  it("is taken out again after something has put it back", () => {
    const secrets = { COFFER_ADMIN_PASSWORD: "x", COFFER_BACKUP_PASSPHRASE: "x" };
    const env = { TYK_AI_SECRET_KEY: KEY, ...secrets, PORT: "1" };
    dropSecrets(env as never);
    expect(env).toEqual({ PORT: "1" });
  });

  it("is not part of the configuration, which may be logged", () => {
    const { config } = read({
      TYK_AI_SECRET_KEY: KEY,
      COFFER_ADMIN_EMAIL: "a@example.com",
      COFFER_ADMIN_PASSWORD: "twelve letters",
    });
    expect(JSON.stringify(config)).not.toMatch(new RegExp(`${KEY}|twelve letters`));
  });
});

describe("the first admin", () => {
  it("has an e-mail and a password, or is not made", () => {
    const both = { COFFER_ADMIN_EMAIL: "a@example.com", COFFER_ADMIN_PASSWORD: "twelve letters" };
    expect(read(both).admin).toEqual({ email: "a@example.com", password: "twelve letters" });
    for (const [name, value] of Object.entries(both)) {
      expect(refusal({ [name]: value })).toMatch(/COFFER_ADMIN_EMAIL and COFFER_ADMIN_PASSWORD/);
    }
  });

  it("may have a password from a file", () => {
    const env = {
      COFFER_ADMIN_EMAIL: "a@example.com",
      COFFER_ADMIN_PASSWORD_FILE: file("password", "twelve letters\n"),
    };
    expect(read(env).admin?.password).toBe("twelve letters");
  });
});

describe("an address that other machines can reach", () => {
  const REACHABLE = ["0.0.0.0", "::", "192.0.2.1", "coffer.example.com", "localhost.example.com"];

  it.each(REACHABLE)("HOST=%s needs https in front, or a word that plain HTTP is meant", (HOST) => {
    expect(refusal({ HOST })).toMatch(/^HOST=.*COFFER_URL.*COFFER_INSECURE_HTTP=1/);
    expect(refusal({ HOST, COFFER_URL: "http://coffer.example.com" })).toMatch(/^HOST=/);
    expect(refusal({ HOST, COFFER_INSECURE_HTTP: "0" })).toMatch(/^HOST=/);
    const https = read({ HOST, COFFER_URL: "https://coffer.example.com" });
    expect(https.config.host).toBe(HOST);
    expect(read({ HOST, COFFER_INSECURE_HTTP: "1" }).config.host).toBe(HOST);
  });

  it.each(["127.0.0.1", "localhost", "::1"])("HOST=%s is not one", (HOST) => {
    expect(read({ HOST }).config.host).toBe(HOST);
    expect(read({ HOST, COFFER_URL: "http://coffer.example.com" }).config.host).toBe(HOST);
  });
});

describe("a PostgreSQL database", () => {
  const DATABASE_URL = "postgresql://coffer:pass-word@db:5432/coffer?sslmode=verify-full";

  it("is taken as it is given, and its password does not stay in the environment", () => {
    const env = { DATABASE_URL, TYK_AI_SECRET_KEY: "sixteen letters." };
    const { config } = readSettings({ env: env as never, root: home, home });
    expect(config.databaseUrl).toBe(DATABASE_URL);
    expect(env).toEqual({});
  });

  it("has the address of the server itself beside that of a pooler, and keeps neither in the environment", () => {
    const DATABASE_URL_DIRECT = "postgresql://coffer:pass-word@server:5432/coffer";
    const env = { DATABASE_URL, DATABASE_URL_DIRECT, TYK_AI_SECRET_KEY: "sixteen letters." };
    const { config } = readSettings({ env: env as never, root: home, home });
    expect([config.databaseUrl, config.directUrl]).toEqual([DATABASE_URL, DATABASE_URL_DIRECT]);
    expect(env).toEqual({});
    expect(read({ DATABASE_URL, TYK_AI_SECRET_KEY: KEY }).config.directUrl).toBeUndefined();
  });

  it("is what another address of a server is for: beside a file that is refused", () => {
    expect(() => read({ DATABASE_URL_DIRECT: DATABASE_URL })).toThrow(
      "of a SQLite file: remove it",
    );
  });

  it("has an address in a file, too", () => {
    const DATABASE_URL_DIRECT_FILE = file("direct", `${DATABASE_URL}\n`);
    const env = { DATABASE_URL, DATABASE_URL_DIRECT_FILE, TYK_AI_SECRET_KEY: KEY };
    expect(read(env).config.directUrl).toBe(DATABASE_URL);
  });

  it("takes a key that is given: each instance would make one of its own", () => {
    expect(() => read({ DATABASE_URL, TYK_AI_SECRET_KEY: "" })).toThrow("the same key");
  });
});

describe("a database file", () => {
  it("is found from the folder that Coffer is started in", () => {
    const databaseOf = (url: string) => read({ DATABASE_URL: url }).config.databaseUrl;
    expect(databaseOf("file:./x.db")).toBe(`file:${join(home, "x.db")}`);
    expect(databaseOf("file:x.db")).toBe(`file:${join(home, "x.db")}`);
    expect(databaseOf("file:../x.db")).toBe(`file:${join(home, "../x.db")}`);
    expect(databaseOf("file:/x.db")).toBe("file:/x.db");
  });
});

describe("a master key that Coffer makes", () => {
  it("is new each time, long enough, and readable by its owner only", () => {
    const path = join(home, ".env");
    const first = makeMasterKey(path);
    const other = makeMasterKey(join(home, "other.env"));
    expect(first).toMatch(/^[\w-]{43}$/);
    expect(other).not.toBe(first);
    expect(readFileSync(path, "utf8")).toBe(`TYK_AI_SECRET_KEY=${first}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(keptMasterKey(path)).toBe(first);
    expect(read().masterKey).toBe(first);
  });

  it.each([
    ["", ""],
    ["PORT=1\n", "PORT=1\n"],
    ["PORT=1", "PORT=1\n"],
    ["# a comment", "# a comment\n"],
    ["TYK_AI_SECRET_KEY=\nPORT=1\n", "TYK_AI_SECRET_KEY=\nPORT=1\n"],
  ])("is appended to what %j holds, which is kept, and closed to others", (text, kept) => {
    dotEnv(text);
    const path = join(home, ".env");
    chmodSync(path, 0o644);
    const key = makeMasterKey(path);
    expect(readFileSync(path, "utf8")).toBe(`${kept}TYK_AI_SECRET_KEY=${key}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(read().masterKey).toBe(key);
  });

  it("is none where there is no file, no line or an empty one", () => {
    const path = join(home, ".env");
    expect(keptMasterKey(path)).toBeUndefined();
    dotEnv("PORT=1\n");
    expect(keptMasterKey(path)).toBeUndefined();
    dotEnv("TYK_AI_SECRET_KEY=\n");
    expect(keptMasterKey(path)).toBeUndefined();
  });
});

describe("the process", () => {
  const NAMES = [
    "NEXTAUTH_URL",
    "AUTH_TRUST_HOST",
    "VERCEL",
    "NEXT_TELEMETRY_DISABLED",
    "__NEXT_PROCESSED_ENV",
  ];
  const before = new Map(NAMES.map((name) => [name, process.env[name]]));

  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  });

  it("is told the one origin that links are made from, and trusts no host", () => {
    Object.assign(process.env, { NEXTAUTH_URL: "https://evil", AUTH_TRUST_HOST: "1", VERCEL: "1" });
    prepareProcess(read({ COFFER_URL: "https://coffer.example.com" }).config);
    expect(process.env["NEXTAUTH_URL"]).toBe("https://coffer.example.com");
    expect(process.env["AUTH_TRUST_HOST"]).toBeUndefined();
    expect(process.env["VERCEL"]).toBeUndefined();
    expect(process.env["NEXT_TELEMETRY_DISABLED"]).toBe("1");
  });
});
