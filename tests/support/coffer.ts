import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "next-auth/jwt";
import { onTestFinished } from "vitest";
import { OPERATOR } from "../../lib/access/caller";
import { buildApi } from "../../lib/api/app";
import { sessionCookieName } from "../../lib/auth/session";
import { readSettings } from "../../lib/config";
import type { Log } from "../../lib/log";
import type { Rule, SecretInfo, ServiceInfo, TokenInfo } from "../../lib/shapes";
import { openVault } from "../../lib/vault/open-vault";
import { TEST_ADMIN, TEST_KEY } from "./keys";
import type { Vault } from "../../lib/vault/vault";

/** A clock that the test moves. Starts at the real time and stands still. */
export class TestClock {
  #now = Date.now();
  now = (): Date => new Date(this.#now);
  advance(ms: number): void {
    this.#now += ms;
  }
}

export interface Coffer {
  /** `http://127.0.0.1:PORT` */
  url: string;
  vault: Vault;
  clock: TestClock;
  /** The folder of this test's database; removed after the test. */
  home: string;
  /** Lines that Coffer logged. */
  log: string[];
  /** Stops the server and closes the vault. Done after the test in any case. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** A folder that an earlier start of the same test used. */
  home?: string;
  env?: Record<string, string>;
}

/**
 * The whole API on a real port with a database of its own and one admin; without the console. Everything is
 * closed and removed when the test ends.
 */
export async function startCoffer(options: StartOptions = {}): Promise<Coffer> {
  const home = options.home ?? temporaryHome();
  const { config, masterKey } = readSettings({
    root: process.cwd(),
    home,
    env: { TYK_AI_SECRET_KEY: TEST_KEY, PORT: "0", ...options.env } as never,
  });
  const clock = new TestClock();
  const { lines, log } = capturingLog();
  const { vault } = await openVault({ config, masterKey, log, now: clock.now });
  await vault.people.makeFirstAdmin(OPERATOR, TEST_ADMIN);
  const app = buildApi({ vault, config, log });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  let stopped: Promise<void> | undefined;
  const stop = () =>
    (stopped ??= app.close().then(async () => {
      await vault.close();
    }));
  onTestFinished(stop);
  return { url: `http://127.0.0.1:${String(port)}`, vault, clock, home, log: lines, stop };
}

/** An empty folder that is removed when the test ends. */
export function temporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), "coffer-test-"));
  onTestFinished(() => {
    rmSync(home, { recursive: true, force: true });
  });
  return home;
}

function capturingLog(): { lines: string[]; log: Log } {
  const lines: string[] = [];
  const write = (level: string) => (fields: object, message: string) => {
    lines.push(JSON.stringify({ level, ...fields, message }));
  };
  return { lines, log: { info: write("info"), warn: write("warn"), error: write("error") } };
}

/** What came back. `json` is undefined where the body is empty. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: Record<string, unknown> | undefined;
}

/** Somebody who calls the API: what they send with every request. */
export class Client {
  constructor(
    readonly url: string,
    readonly headers: Record<string, string> = {},
  ) {}

  /** Sends a request as it is: `body` is JSON text or bytes. */
  async send(method: string, path: string, body?: BodyInit, headers = {}): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...this.headers,
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body }),
      redirect: "manual",
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    const json = isJson && text !== "" ? (JSON.parse(text) as Record<string, unknown>) : undefined;
    return { status: response.status, headers: response.headers, text, json };
  }

  get = (path: string) => this.send("GET", path);
  post = (path: string, body?: unknown) =>
    this.send("POST", path, body === undefined ? undefined : JSON.stringify(body));
  patch = (path: string, body: unknown) => this.send("PATCH", path, JSON.stringify(body));
  delete = (path: string) => this.send("DELETE", path);

  /** Resolves `config` and returns the answer. */
  resolve = (config: unknown, options: object = {}) =>
    this.post("/api/v1/resolve", { config, ...options });
}

/** Somebody without credentials. */
export function asNobody(coffer: Coffer): Client {
  return new Client(coffer.url);
}

/** The admin, signed in. */
export async function asAdmin(coffer: Coffer): Promise<Client> {
  return new Client(coffer.url, {
    cookie: await sessionCookie(coffer, TEST_ADMIN.email, TEST_ADMIN.password),
    origin: coffer.url,
  });
}

/** A session cookie, as next-auth makes it on a sign-in. */
export async function sessionCookie(
  { vault }: Coffer,
  email: string,
  password: string,
): Promise<string> {
  const origin = { address: "127.0.0.1", userAgent: "test", requestId: "test" };
  const { userId, jti, epoch } = await vault.people.signIn(origin, email, password);
  const { key, secure } = vault.sessionCookie();
  const token = await encode({ token: { sub: userId, sid: jti, epoch }, secret: key });
  return `${sessionCookieName(secure)}=${token}`;
}

/** A service, by its token. */
export function asService(coffer: Coffer, token: string): Client {
  return new Client(coffer.url, { authorization: `Bearer ${token}` });
}

/** Creates a secret or fails the test. */
export async function mustCreateSecret(
  admin: Client,
  name: string,
  value: string,
  describe: object = {},
): Promise<SecretInfo> {
  return must(201, await admin.post("/api/v1/secrets", { name, value, ...describe }));
}

/** Rotates a secret or fails the test. */
export async function mustRotate(admin: Client, name: string, value: string): Promise<SecretInfo> {
  return must(201, await admin.post(`/api/v1/secrets/${name}/versions`, { value }));
}

/** Creates a service that resolves `names`, or has the rules given, or fails the test. */
export async function mustCreateService(
  admin: Client,
  name: string,
  names: string[],
  rule: Partial<Rule> = {},
): Promise<ServiceInfo> {
  const rules = [{ actions: ["resolve"], names, ...rule }];
  return must(201, await admin.post("/api/v1/services", { name, rules }));
}

/** Makes a token or fails the test. */
export async function mustMintToken(
  admin: Client,
  serviceId: string,
  body: object = {},
): Promise<TokenInfo & { token: string }> {
  return must(201, await admin.post(`/api/v1/services/${serviceId}/tokens`, body));
}

/** A service that resolves `names`, by a new token. */
export async function mustHaveService(
  coffer: Coffer,
  admin: Client,
  names: string[],
  rule: Partial<Rule> = {},
): Promise<Client> {
  const service = await mustCreateService(admin, `service-${names.join("").replace(/\W/g, "")}`, names, rule);
  const { token } = await mustMintToken(admin, service.id);
  return asService(coffer, token);
}

function must<T>(status: number, answer: Answer): T {
  if (answer.status !== status) {
    throw new Error(`Expected ${String(status)}, got ${String(answer.status)}: ${answer.text}`);
  }
  return answer.json as T;
}
