import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "next-auth/jwt";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { OPERATOR } from "../../lib/access/caller";
import { buildApi } from "../../lib/api/app";
import { sessionCookieName } from "../../lib/auth/session";
import { readSettings, type Config } from "../../lib/config";
import { hashPassword } from "../../lib/crypto/password";
import { LIMITS, type Limits } from "../../lib/limits";
import type { Log } from "../../lib/log";
import type { PersonInfo, Role, Rule, SecretInfo, ServiceInfo, TokenInfo } from "../../lib/shapes";
import { openStore, type Db, type Store } from "../../lib/store/store";
import { openVault, type OpenOptions } from "../../lib/vault/open-vault";
import type { SessionClaims, Vault } from "../../lib/vault/vault";
import { openKeyring } from "../../lib/crypto/keyring";
import { readKeyring } from "../../lib/store/keyring-rows";
import { Rows } from "../../lib/vault/rows";
import { preparedDatabaseOf, removeDatabaseOf } from "./database";
import { TEST_ADMIN, TEST_KEY } from "./keys";

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
  config: Config;
  /** The folder of this test's database; removed after the test. */
  home: string;
  /** Lines that Coffer logged. */
  log: string[];
  /**
   * The database, on connections of the test's own: to look behind the API, or to make what it can't make
   * yet. Closed with the server.
   */
  database(): Promise<Store>;
  /** Stops the server and closes the vault. Done after the test in any case. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** A folder that an earlier start of the same test used. */
  home?: string;
  env?: Record<string, string>;
  /** Where the vault is, where that is not in `home` or in the database that stands for it. */
  databaseUrl?: string;
  /** The way to the database on which changes are listened for, where that is another one. */
  directUrl?: string;
  /** Whether there is an admin; unless it is false, there is. */
  admin?: boolean;
  /** How often anything may be done; without limits unless given, because the test's clock stands still. */
  limits?: Limits;
  /** Opens the audit record, for a test that has something happen before an event is written. */
  openJournal?: NonNullable<OpenOptions["openJournal"]>;
  /** Who makes backups, where that is not the test's own thread. */
  backups?: NonNullable<OpenOptions["backups"]>;
  /** The program of a thread that reads for the sinks: the test's own thread does unless given. */
  lines?: string;
}

const UNLIMITED = { most: Infinity, perMs: 1 };
const FREE = { free: Infinity, longestWaitMs: 0, forgottenAfterMs: 1 };
export const NO_LIMITS: Limits = {
  rates: { nobody: UNLIMITED, management: UNLIMITED, resolve: UNLIMITED },
  backoffs: { account: FREE, address: FREE, known: FREE, password: FREE },
  repeats: { perMs: 0 },
  watch: { ...LIMITS.watch, perService: Infinity, perProcess: Infinity },
};

/**
 * The whole API on a real port with a database of its own and one admin; without the console. Everything is
 * closed and removed when the test ends.
 */
export async function startCoffer(options: StartOptions = {}): Promise<Coffer> {
  const coffer = await launch(options.home ?? temporaryHome(), options);
  onTestFinished(() => coffer.stop());
  return coffer;
}

/**
 * One Coffer and its admin for all tests of a file: for tests that take no notice of each other. To be
 * called outside of tests; what it returns is filled in before the first one.
 */
export function shareCoffer(
  options: Pick<StartOptions, "env"> = {},
): Readonly<{ coffer: Coffer; admin: Client }> {
  const shared = {} as { coffer: Coffer; admin: Client };
  const home = mkdtempSync(join(tmpdir(), "coffer-test-"));
  beforeAll(async () => {
    shared.coffer = await launch(home, options);
    shared.admin = await asAdmin(shared.coffer);
  });
  afterAll(async () => {
    await shared.coffer.stop();
    await removeDatabaseOf(home);
    rmSync(home, { recursive: true, force: true });
  });
  return shared;
}

async function launch(
  home: string,
  {
    env,
    databaseUrl,
    directUrl,
    admin,
    limits = NO_LIMITS,
    openJournal,
    backups,
    lines: linesEntry,
  }: StartOptions = {},
): Promise<Coffer> {
  const { config, masterKey, previousMasterKey, providerSecrets, variables, sinks } = readSettings({
    root: process.cwd(),
    home,
    env: { TYK_AI_SECRET_KEY: TEST_KEY, PORT: "0", ...env } as never,
  });
  if (databaseUrl !== undefined) config.databaseUrl = databaseUrl;
  else if (!env?.["DATABASE_URL"]) config.databaseUrl = await preparedDatabaseOf(home);
  if (directUrl !== undefined) config.directUrl = directUrl;
  const clock = new TestClock();
  const { lines, log } = capturingLog();
  const { vault } = await openVault({
    ...{ config, masterKey, previousMasterKey, providerSecrets, variables, sinks, log, limits },
    now: clock.now,
    ...(openJournal && { openJournal }),
    ...(backups && { backups }),
    ...(linesEntry !== undefined && { lines: linesEntry }),
  });
  if (admin !== false) await vault.people.makeFirstAdmin(OPERATOR, TEST_ADMIN);
  const app = buildApi({ vault, config, log });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  let opened: Promise<Store> | undefined;
  const database = () =>
    (opened ??= openStore({
      databaseUrl: config.databaseUrl,
      prismaDirectory: join(config.root, "prisma"),
    }));
  let stopped: Promise<void> | undefined;
  const stop = () =>
    (stopped ??= app.close().then(async () => {
      await (await opened)?.close();
      await vault.close();
    }));
  const url = `http://127.0.0.1:${String(port)}`;
  return { url, vault, clock, config, home, log: lines, database, stop };
}

/** An empty folder that is removed when the test ends. */
export function temporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), "coffer-test-"));
  onTestFinished(async () => {
    await removeDatabaseOf(home);
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
    const isEvents = response.headers.get("content-type")?.startsWith("text/event-stream");
    const text = await (isEvents ? firstEvents(response) : response.text());
    const isJson = /[/+]json\b/.test(response.headers.get("content-type") ?? "");
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

/** What a stream of events begins with, up to the first event or comment; then it is left. */
async function firstEvents({ body }: Response): Promise<string> {
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (reader && !/^(data: |: unchanged).*\n\n/m.test(text)) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
  }
  await reader?.cancel();
  return text;
}

/** Somebody without credentials. */
export function asNobody(coffer: Coffer): Client {
  return new Client(coffer.url);
}

/** The admin, signed in. */
export async function asAdmin(coffer: Coffer): Promise<Client> {
  return asPerson(coffer, TEST_ADMIN.email);
}

/** A new person of that role, signed in. */
export async function asRole(coffer: Coffer, role: Role): Promise<Client> {
  return asPerson(coffer, (await mustCreateUser(coffer, role)).email);
}

/** A person who exists, signed in. */
export async function asPerson(
  coffer: Coffer,
  email: string,
  password: string = TEST_ADMIN.password,
): Promise<Client> {
  return new Client(coffer.url, {
    cookie: await sessionCookie(coffer, email, password),
    origin: coffer.url,
  });
}

/** A session cookie, as next-auth makes it on a sign-in. */
export async function sessionCookie(
  { vault }: Pick<Coffer, "vault">,
  email: string,
  password: string,
): Promise<string> {
  const origin = { address: "127.0.0.1", userAgent: "test", requestId: "test" };
  return cookieFor(vault, await vault.people.signIn(origin, email, password));
}

/** The session cookie with these claims. */
export async function cookieFor(
  vault: Vault,
  { userId, jti, epoch }: SessionClaims,
): Promise<string> {
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
  return must(201, await admin.post("/api/v1/secrets", { name, value, ...describe })) as SecretInfo;
}

/** Rotates a secret or fails the test. */
export async function mustRotate(admin: Client, name: string, value: string): Promise<SecretInfo> {
  return must(201, await admin.post(`/api/v1/secrets/${name}/versions`, { value })) as SecretInfo;
}

/** Creates a service that resolves `names`, or has the rules given, or fails the test. */
export async function mustCreateService(
  admin: Client,
  name: string,
  names: string[],
  rule: Partial<Rule> = {},
  more: object = {},
): Promise<ServiceInfo> {
  const rules = [{ actions: ["resolve"], names, ...rule }];
  return must(201, await admin.post("/api/v1/services", { name, rules, ...more })) as ServiceInfo;
}

/** Makes a token or fails the test. */
export async function mustMintToken(
  admin: Client,
  serviceId: string,
  body: object = {},
): Promise<TokenInfo & { token: string }> {
  return must(201, await admin.post(`/api/v1/services/${serviceId}/tokens`, body)) as TokenInfo & {
    token: string;
  };
}

let services = 0;

/** A new service that resolves `names`, or has the rule given, by a new token. */
export async function mustHaveService(
  coffer: Coffer,
  admin: Client,
  names: string[],
  rule: Partial<Rule> = {},
  more: object = {},
): Promise<Client> {
  const service = await mustCreateService(
    admin,
    `service-${String(++services)}`,
    names,
    rule,
    more,
  );
  const { token } = await mustMintToken(admin, service.id);
  return asService(coffer, token);
}

/** Invites somebody or fails the test. `link` is the secret of their link. */
export async function mustInvite(
  admin: Client,
  email: string,
  role: Role = "viewer",
): Promise<PersonInfo & { link: string }> {
  const body = { email, name: `Name of ${email}`, role };
  const { user, link } = must(201, await admin.post("/api/v1/users", body)) as {
    user: PersonInfo;
    link: { url: string };
  };
  return { ...user, link: secretOf(link.url) };
}

/** The secret of a one-time link's address. */
export function secretOf(url: unknown): string {
  return new URL(String(url)).hash.slice(1);
}

/** Changes the database behind the API's back. */
export async function tamper<T>(coffer: Coffer, work: (tx: Db) => Promise<T>): Promise<T> {
  return (await coffer.database()).write(work);
}

const knownRows = new WeakMap<Coffer, Promise<Rows>>();

/** MACs as this Coffer makes them, for rows that a test writes as if Coffer had. */
export function rowsOf(coffer: Coffer): Promise<Rows> {
  const known = knownRows.get(coffer) ?? openRows(coffer);
  knownRows.set(coffer, known);
  return known;
}

/** Stretches the master key, which takes a while: once for each Coffer. */
async function openRows(coffer: Coffer): Promise<Rows> {
  const record = await readKeyring((await coffer.database()).db);
  if (!record) throw new Error("This Coffer has no keyring.");
  return new Rows((await openKeyring(record, TEST_KEY)).derive("row-mac"));
}

/** An environment, as if Coffer had made it. */
export async function mustCreateEnvironment(
  coffer: Coffer,
  slug: string,
  options: { protected?: boolean } = {},
): Promise<void> {
  const createdAt = coffer.clock.now();
  const row = { id: randomUUID(), slug, name: slug, createdAt, protected: false, ...options };
  const data = (await rowsOf(coffer)).sealed("environment", row);
  await tamper(coffer, (tx) => tx.environment.create({ data }));
}

let hashed: Promise<string> | undefined;

/** A person who has the admin's password, as if Coffer had made them. */
export async function mustCreateUser(
  coffer: Coffer,
  role: Role,
): Promise<{ id: string; email: string }> {
  const id = randomUUID();
  const email = `${role}-${id}@example.com`;
  const passwordHash = await (hashed ??= hashPassword(TEST_ADMIN.password));
  const createdAt = coffer.clock.now();
  const still = { disabledAt: null, epoch: 1, totp: null };
  const row = { id, email, name: role, passwordHash, role, createdAt, ...still };
  const data = (await rowsOf(coffer)).sealed("user", row);
  await tamper(coffer, (tx) => tx.user.create({ data }));
  return { id, email };
}

/** Changes a person, as if Coffer had. */
export async function changeUser(
  coffer: Coffer,
  id: string,
  changes: {
    role?: string;
    epoch?: number;
    disabledAt?: Date | null;
    passwordHash?: string | null;
  },
): Promise<void> {
  const rows = await rowsOf(coffer);
  await tamper(coffer, async (tx) => {
    const user = await tx.user.findUniqueOrThrow({ where: { id } });
    await tx.user.update({ where: { id }, data: rows.changed("user", user, changes) });
  });
}

/** Changes a service, as if Coffer had. */
export async function changeService(
  coffer: Coffer,
  id: string,
  changes: { rules?: string },
): Promise<void> {
  const rows = await rowsOf(coffer);
  await tamper(coffer, async (tx) => {
    const service = await tx.service.findUniqueOrThrow({ where: { id } });
    await tx.service.update({ where: { id }, data: rows.changed("service", service, changes) });
  });
}

/** An event of the audit record, with the names that it has read or written. */
export interface EventOnRecord {
  actorKind: string;
  actorId: string;
  actorName: string;
  action: string;
  environment: string;
  target: string;
  names: [name: string, version: number][];
  outcome: string;
  code: string;
  address: string;
  userAgent: string;
  requestId: string;
}

/** What is on record of the request that `answer` answers, as it is now. */
export async function eventsOf(coffer: Coffer, answer: Answer): Promise<EventOnRecord[]> {
  const { db } = await coffer.database();
  const requestId = answer.headers.get("x-request-id");
  if (requestId === null) throw new Error(`The answer has no request id: ${answer.text}`);
  const rows = await db.auditEvent.findMany({ where: { requestId }, orderBy: { seq: "asc" } });
  return rows.map((row) => ({ ...row, names: JSON.parse(row.names) as EventOnRecord["names"] }));
}

/** Everything on record, as one text, to look for what must not be there. */
export async function recordText(coffer: Coffer): Promise<string> {
  const { db } = await coffer.database();
  return JSON.stringify(await db.auditEvent.findMany());
}

/** The body of an answer that must have this status. */
export function must(status: number, answer: Answer): unknown {
  if (answer.status !== status) {
    throw new Error(`Expected ${String(status)}, got ${String(answer.status)}: ${answer.text}`);
  }
  return answer.json;
}
