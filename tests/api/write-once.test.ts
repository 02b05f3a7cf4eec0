import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { OPERATOR } from "../../lib/access/caller";
import { openSnapshot } from "../../lib/store/backup-rows";
import {
  asAdmin,
  asNobody,
  asRole,
  Client,
  mustCreateSecret,
  mustCreateService,
  mustHaveService,
  mustMintToken,
  mustRotate,
  sessionCookie,
  startCoffer,
  tamper,
  type Answer,
  type Coffer,
} from "../support/coffer";
import { admit, ON_POSTGRES, refuse } from "../support/database";
import { callAll, makeWorld } from "../support/every-route";
import { TEST_ADMIN, TEST_KEY } from "../support/keys";

/** Nothing may hold a value but the answer of resolve. What is looked for is a random text, in every coat. */

/** A value that nothing else in the world has: printable, with a character that JSON escapes and one beyond ASCII. */
function newValue(bytes = 24): string {
  return `${randomBytes(bytes).toString("hex")}"é`;
}

/** The value in every form in which a leak could carry it. */
function coats(value: string): Buffer[] {
  const bytes = Buffer.from(value);
  const base64 = [0, 1, 2].flatMap((shift) => {
    // The characters at both ends depend on what stands beside the value.
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
    return [text.slice(shift === 0 ? 0 : 4, Math.floor(text.length / 4) * 4 - 4)];
  });
  const plain = value.slice(0, -2);
  return [
    ...[value, JSON.stringify(value).slice(1, -1), plain, encodeURIComponent(value)],
    ...[bytes.toString("hex"), bytes.toString("hex").toUpperCase(), ...base64],
    ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
    plain.split("").reverse().join(""),
  ]
    .map((text) => Buffer.from(text))
    .concat(Buffer.from(plain, "utf16le"));
}

interface Stored {
  name: string;
  bytes: Buffer;
}

/** Everything that lies in the folder of a Coffer: the database, its log, and whatever else there is. */
function files(coffer: Coffer): Stored[] {
  return readdirSync(coffer.home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const name = join(entry.parentPath, entry.name);
      return { name, bytes: readFileSync(name) };
    });
}

/** Every row of a PostgreSQL database. */
async function rows({ config }: Coffer): Promise<Stored[]> {
  const snapshot = await openSnapshot(config.databaseUrl, {});
  const stored: Stored[] = [];
  for (const table of snapshot.tables) {
    for await (const page of snapshot.rows(table)) {
      stored.push({ name: table.table, bytes: Buffer.from(page.flat().join("\n")) });
    }
  }
  await snapshot.close();
  return stored;
}

async function expectNowhere(
  coffer: Coffer,
  secrets: readonly string[],
  texts: readonly string[],
): Promise<void> {
  const stored = ON_POSTGRES ? await rows(coffer) : files(coffer);
  const places = [
    ...stored,
    { name: "the log", bytes: Buffer.from(coffer.log.join("\n")) },
    { name: "an answer", bytes: Buffer.from(texts.join("\n")) },
  ];
  expect(stored.some(({ name }) => name.endsWith(ON_POSTGRES ? "AuditEvent" : "coffer.db"))).toBe(
    true,
  );
  for (const secret of secrets) {
    for (const coat of coats(secret)) {
      const found = places.filter(({ bytes }) => bytes.includes(coat)).map(({ name }) => name);
      expect(found, `holds ${coat.toString("latin1").slice(0, 40)}`).toEqual([]);
    }
  }
}

/** A client that keeps all that it was answered, but for what resolve was meant to tell. */
class Listener extends Client {
  constructor(
    client: Client,
    readonly heard: string[],
  ) {
    super(client.url, client.headers);
  }

  override async send(...request: Parameters<Client["send"]>): Promise<Answer> {
    const answer = await super.send(...request);
    const isMeant = request[1] === "/api/v1/resolve" && answer.status === 200;
    if (!isMeant) this.heard.push(JSON.stringify([...answer.headers]), answer.text);
    return answer;
  }
}

test("the search finds a value in each of its coats, so that its silence means something", () => {
  const value = newValue();
  for (const text of [
    ...[value, JSON.stringify({ value }), encodeURIComponent(value)],
    ...[Buffer.from(value).toString("hex"), Buffer.from(`x${value}y`).toString("base64")],
    ...[Buffer.from(`xy${value}z`).toString("base64url"), Buffer.from(value).toString("base64")],
  ]) {
    const bytes = Buffer.from(text);
    expect(coats(value).some((coat) => bytes.includes(coat))).toBe(true);
  }
});

test("no file, log line or answer holds a value that was created, rotated, resolved or refused", async () => {
  const coffer = await startCoffer();
  const heard: string[] = [];
  const admin = new Listener(await asAdmin(coffer), heard);
  const values: string[] = [];
  const next = () => {
    const value = newValue();
    values.push(value);
    return value;
  };
  const names = Array.from({ length: 5 }, (_, i) => `SECRET_${String(i)}`);
  for (const name of names) await mustCreateSecret(admin, name, next());
  for (const name of names) await mustRotate(admin, name, next());
  const large = newValue(32_000);
  values.push(large.slice(0, 200), large.slice(-200));
  await mustCreateSecret(admin, "LARGE", large);
  const member = next();
  await mustCreateSecret(admin, "MEMBER", JSON.stringify({ member }));
  const reader = new Listener(
    await mustHaveService(coffer, admin, ["*"], { versions: "any", actions: ["resolve", "list"] }),
    heard,
  );

  const config = [...names.map((name) => `$SECRET/${name}`), "{{Secrets.MEMBER.member}}"];
  const resolved = await reader.resolve(config);
  expect(resolved.json?.["config"]).toContain(member);
  const tag = resolved.json?.["tag"];
  await reader.resolve(config, { ifChangedFrom: tag });

  // Resolving that fails after values were opened, or that would have opened them.
  await reader.resolve([...config, "$SECRET/ABSENT"]);
  await reader.resolve([...config, "{{Secrets.MEMBER.absent}}", "{{Secrets.SECRET_1.member}}"]);
  await reader.resolve([...config, "{{Secrets.mal-formed}}"]);
  await reader.resolve("$SECRET/LARGE".repeat(200));

  // A value that is sent where it can't be taken.
  const post = (body: unknown) => admin.post("/api/v1/secrets", body);
  await post({ name: "SECRET_0", value: next() });
  await post({ name: "il-legal", value: next() });
  await post({ name: "UNKNOWN_FIELD", value: next(), other: next() });
  await post({ name: "WRONG_TYPE", value: { a: next() } });
  await post({ name: ["NAME"], value: next() });
  await post({ name: "TOO_LARGE", value: next() + "x".repeat(65_536) });
  await post({ name: "LONE", value: next() + "\ud800" });
  await post({ name: "PLACE", value: next(), environment: "nowhere" });
  await post({ name: "BODY", value: next() + "x".repeat(1_100_000) });
  await admin.send("POST", "/api/v1/secrets", `{"name":"BAD_JSON","value":"${next()}`);
  await admin.send("POST", "/api/v1/secrets", `{"value":"${next()}"}`, {
    "content-type": "text/plain",
  });
  await admin.send("POST", "/api/v1/secrets", Buffer.from([...Buffer.from(next()), 0xff]));
  await admin.patch("/api/v1/secrets/SECRET_0", { value: next() });
  await admin.post("/api/v1/secrets/SECRET_0/versions", { value: next(), expectedVersion: 9 });
  await admin.post("/api/v1/secrets/ABSENT/versions", { value: next() });
  await admin.delete("/api/v1/secrets/SECRET_1");
  await admin.post("/api/v1/secrets/SECRET_1/versions", { value: next() });
  await admin.send("PUT", "/api/v1/secrets/SECRET_0", JSON.stringify({ value: next() }));
  const viewer = new Listener(await asRole(coffer, "viewer"), heard);
  await viewer.post("/api/v1/secrets", { name: "FORBIDDEN", value: next() });
  const nobody = new Listener(asNobody(coffer), heard);
  await nobody.post("/api/v1/secrets", { name: "NOBODY", value: next() });
  const evil = new Listener(
    new Client(coffer.url, { ...admin.headers, origin: "https://evil" }),
    heard,
  );
  await evil.post("/api/v1/secrets", { name: "EVIL", value: next() });

  // The database refuses in the middle of it, and its own message quotes what it was given.
  const refuseAll = (table: string) =>
    tamper(coffer, (tx) => refuse(tx, { name: `no_${table}`, table, how: "FAIL", saying: "no" }));
  await refuseAll("SecretVersion");
  await post({ name: "NO_VERSION", value: next() });
  await admin.post("/api/v1/secrets/SECRET_0/versions", { value: next() });
  await refuseAll("AuditEvent");
  await post({ name: "NO_EVENT", value: next() });
  await reader.resolve(config);
  await tamper(coffer, (tx) => admit(tx, "no_AuditEvent"));
  await tamper(coffer, (tx) => admit(tx, "no_SecretVersion"));

  // And every page of what can be read.
  await callAll(admin, await makeWorld(admin));
  for (const name of names) {
    for (const rest of ["", "/versions", "/uses"])
      await admin.get(`/api/v1/secrets/${name}${rest}`);
  }
  for (const value of values.slice(0, 5)) {
    await admin.get(`/api/v1/secrets?search=${encodeURIComponent(value)}`);
  }
  await admin.get("/api/v1/openapi.json");

  expect(values.length).toBeGreaterThan(30);
  expect(heard.length).toBeGreaterThan(100);
  await expectNowhere(coffer, values, heard);
  await coffer.stop();
  await expectNowhere(coffer, values, heard);
});

test("no file or log line holds a token, a password, a setup link, a session or the master key", async () => {
  const coffer = await startCoffer({ admin: false });
  const link = (await coffer.vault.people.makeSetupLink(OPERATOR)) ?? "";
  const password = randomBytes(16).toString("hex");
  const heard: string[] = [];
  const nobody = new Listener(asNobody(coffer), heard);
  await nobody.post("/api/v1/setup", {
    link,
    email: "a@example.com",
    name: "A",
    password: "short",
  });
  await nobody.post("/api/v1/setup", { link, email: TEST_ADMIN.email, name: "A", password });
  const wrong = randomBytes(16).toString("hex");
  const signIn = (email: string, typed: string) =>
    coffer.vault.people.signIn(
      { address: "127.0.0.1", userAgent: "", requestId: "" },
      email,
      typed,
    );
  await signIn(TEST_ADMIN.email, wrong).catch(() => undefined);
  await signIn(wrong, wrong).catch(() => undefined);
  const { jti } = await signIn(TEST_ADMIN.email, password);
  const cookie = await sessionCookie(coffer, TEST_ADMIN.email, password);
  const second = new Client(coffer.url, { cookie, origin: coffer.url });
  const service = await mustCreateService(second, "holder", ["*"]);
  const { token } = await mustMintToken(second, service.id);
  const holder = new Listener(new Client(coffer.url, { authorization: `Bearer ${token}` }), heard);
  await holder.get("/api/v1/whoami");
  await holder.get(`/api/v1/services/${token}`);
  await holder.resolve(`$SECRET/${token}`);
  await second.delete(
    `/api/v1/services/${service.id}/tokens/${(await tokens(second, service.id))[0] ?? ""}`,
  );
  await holder.get("/api/v1/whoami");
  const { key } = coffer.vault.sessionCookie();
  // The refusal of `$SECRET/<token>` says back what was sent, to the one who sent it.
  const told = heard.filter((text) => !text.includes('"unresolved"'));
  await expectNowhere(
    coffer,
    [token, token.slice(8), password, wrong, link, jti, key, TEST_KEY],
    told,
  );
});

async function tokens(admin: Client, serviceId: string): Promise<string[]> {
  const { json } = await admin.get(`/api/v1/services/${serviceId}`);
  return (json?.["tokens"] as { id: string }[]).map(({ id }) => id);
}

// What PostgreSQL's files still hold of a row that was deleted is for its own vacuum to overwrite.
test.skipIf(ON_POSTGRES)(
  "what is destroyed or purged is gone from the database's files, its ciphertext too",
  async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    const sizes: Record<string, string> = {
      SMALL: newValue(),
      PAGE: newValue(2_000),
      MOST: newValue(32_700),
    };
    for (const [name, value] of Object.entries(sizes)) {
      await mustCreateSecret(admin, `DESTROYED_${name}`, value);
      await mustRotate(admin, `DESTROYED_${name}`, "next");
      await mustCreateSecret(admin, `PURGED_${name}`, value);
      await mustRotate(admin, `PURGED_${name}`, "next");
      await mustCreateSecret(admin, `KEPT_${name}`, value);
    }
    const { db } = await coffer.database();
    const versions = await db.secretVersion.findMany({ include: { secret: true } });
    const sealed = versions.map(({ sealed, secret, version }) => ({
      text: sealed ?? "",
      gone:
        secret.name.startsWith("PURGED") || (secret.name.startsWith("DESTROYED") && version === 1),
    }));
    expect(sealed.filter(({ gone }) => gone)).toHaveLength(9);
    expect(
      countFound(
        coffer,
        sealed.map(({ text }) => text),
      ),
    ).toBe(sealed.length);
    for (const name of Object.keys(sizes)) {
      const destroyed = await admin.delete(`/api/v1/secrets/DESTROYED_${name}/versions/1`);
      expect(destroyed.status).toBe(204);
      const purged = await admin.delete(`/api/v1/secrets/PURGED_${name}?purge=true`);
      expect(purged.status).toBe(204);
    }
    const pieces = (all: typeof sealed) => all.flatMap(({ text }) => middlePieces(text));
    expect(countFound(coffer, pieces(sealed.filter(({ gone }) => gone)))).toBe(0);
    const kept = pieces(sealed.filter(({ gone }) => !gone));
    expect(countFound(coffer, kept)).toBeGreaterThan(0);
  },
);

/** How many of `texts` some file holds. Long ones are split over pages, so their starts are looked for. */
function countFound(coffer: Coffer, texts: readonly string[]): number {
  const all = files(coffer);
  return texts.filter((text) => all.some(({ bytes }) => bytes.includes(text.slice(0, 64)))).length;
}

/** Pieces of 64 characters from all over a text: no page may be left over. */
function middlePieces(text: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at + 64 <= text.length; at += 512) pieces.push(text.slice(at, at + 64));
  return pieces;
}
