import { execFile, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  Client,
  must,
  mustCreateSecret,
  mustCreateService,
  mustMintToken,
} from "../support/coffer";
import { TEST_ADMIN, TEST_KEY } from "../support/keys";
import { freePort, startProcess, type CofferProcess } from "../support/process";
import { signIn } from "../support/sign-in";

// What `node scripts/assemble.mjs` makes, as the image runs it: by somebody who may write only their own folder, and with nothing
// of this project in reach.

const PROJECT = process.cwd();
const NOBODY = 65_534;
const base = mkdtempSync(join(tmpdir(), "coffer-runtime-"));
const [folder, home] = [join(base, "coffer"), join(base, "home")];

/**
 * What to run a program by so that it can't see this project, and can't write the assembled folder. Where the system does not
 * let us (only root can), it still lies in another place.
 */
function confinement(): string[] {
  const asNobody = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
  const hide = 'mount -t tmpfs none "$1" && shift && exec "$@"';
  const confined = ["unshare", "--mount", "sh", "-c", hide, "sh", PROJECT, ...asNobody];
  const sees = `process.exit(require("fs").existsSync(${JSON.stringify(join(PROJECT, "package.json"))}) ? 1 : 0)`;
  const args = [...confined.slice(1), process.execPath, "-e", sees];
  return spawnSync("unshare", args).status === 0 ? confined : [];
}

const confined = confinement();

function run(args: string[], env: Record<string, string> = {}) {
  const [program = "", ...rest] = [...confined, process.execPath, ...args];
  const { status, stdout, stderr } = spawnSync(program, rest, {
    cwd: home,
    env: { PATH: process.env["PATH"], NODE_ENV: "production", ...env },
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}

/** Every file of the assembled folder, and when it was last written. */
function filesOf(): Map<string, number> {
  const files = readdirSync(folder, { recursive: true }) as string[];
  return new Map(files.map((file) => [file, statSync(join(folder, file)).mtimeMs]));
}

let coffer: CofferProcess | undefined;
let url: string;
let admin: Client;

beforeAll(async () => {
  await promisify(execFile)(process.execPath, ["scripts/assemble.mjs", folder]);
  spawnSync("mkdir", ["-m", "0700", home]);
  chmodSync(base, 0o755);
  if (confined.length > 0) chownSync(home, NOBODY, NOBODY);
  const started = await startProcess({
    home,
    program: [...confined, process.execPath, join(folder, "dist/server.js")],
  });
  coffer = started;
  url = started.url;
  const link = new URL(started.setupLink() ?? "").hash.slice(1);
  const person = { link, name: "Admin", ...TEST_ADMIN };
  must(201, await new Client(url).post("/api/v1/setup", person));
  const cookie = await signIn(url, TEST_ADMIN.email, TEST_ADMIN.password);
  admin = new Client(url, { cookie, origin: url });
}, 300_000);

afterAll(async () => {
  await coffer?.end("SIGTERM");
  rmSync(base, { recursive: true, force: true });
});

test("an assembled Coffer sets up, stores and resolves, also in its threads, and writes nothing but its own home", async () => {
  const before = filesOf();
  await mustCreateSecret(admin, "KEY", "a value");
  const { id } = await mustCreateService(admin, "reader", ["*"]);
  const { token } = await mustMintToken(admin, id);
  const service = new Client(url, { authorization: `Bearer ${token}` });
  expect((await service.resolve("$SECRET/KEY")).json).toMatchObject({ config: "a value" });

  const yaml = `key: $SECRET/KEY\nfiller: ${"x".repeat(100_000)}\n`;
  const type = { "content-type": "application/yaml" };
  const rendered = await service.send("POST", "/api/v1/render", yaml, type);
  expect(rendered.text.slice(0, 13)).toBe("key: a value\n");
  must(200, await admin.get("/api/v1/audit"));
  const verified = await admin.post("/api/v1/audit/verify");
  expect(verified.status, verified.text).toBeLessThan(300);
  const backup = await admin.post("/api/v1/backup", { passphrase: "a passphrase for tests" });
  expect(backup.status, backup.text).toBe(200);
  expect(filesOf()).toEqual(before);
  expect(readdirSync(home).sort()).toEqual(["data"]);
});

test("its console has pages, styles and scripts", async () => {
  for (const path of ["/e/default/secrets", "/audit", "/settings/keys", "/account"]) {
    const page = await admin.get(path);
    expect(page.status, path).toBe(200);
    const assets = new Set(page.text.match(/\/_next\/static\/[^"'\\ ]+\.(css|js|woff2)/g));
    expect(assets.size, path).toBeGreaterThan(2);
    for (const asset of assets) expect((await admin.get(asset)).status, asset).toBe(200);
  }
  expect((await admin.get("/nothing/here")).status).toBe(404);
});

test("its command works beside the server, without anything to set up", () => {
  const env = {
    TYK_AI_SECRET_KEY: TEST_KEY,
    DATABASE_URL: `file:${join(home, "data/coffer.db")}`,
  };
  const { status, output } = run([join(folder, "coffer.mjs"), "keys", "status"], env);
  expect(output).toMatch(/[0-9a-f]{4}-[0-9a-f]{4}/);
  expect(status).toBe(0);
});

test("its health check says whether it is ready, at whatever address it listens", async () => {
  const health = join(folder, "health.mjs");
  const PORT = new URL(url).port;
  for (const HOST of ["127.0.0.1", "0.0.0.0", "localhost"]) {
    expect(run([health], { HOST, PORT }), HOST).toEqual({ status: 0, output: "" });
  }
  const away = run([health], { PORT: String(await freePort()) });
  expect(away).toEqual({ status: 1, output: "Coffer does not answer: ECONNREFUSED.\n" });
});

test("it has no key, no source, and no package that only building and testing need", () => {
  const files = [...filesOf().keys()];
  expect(files.filter((file) => /(^|\/)(\.env.*|\.git|tests|docs)$/.test(file))).toEqual([]);
  expect(files.filter((file) => /\.tsx?$|\.db$|\.test\./.test(file))).toEqual([]);
  for (const name of ["typescript", "esbuild", "prisma", "playwright", "eslint", "sharp", "vitest"])
    expect(existsSync(join(folder, "node_modules", name)), name).toBe(false);
});

test("assembling into a folder that has something is refused, and what is there stays", () => {
  const used = mkdtempSync(join(base, "used-"));
  writeFileSync(join(used, "mine"), "mine");
  const { status, stderr } = spawnSync(process.execPath, ["scripts/assemble.mjs", used], {
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stderr).toContain("is not empty");
  expect(readdirSync(used)).toEqual(["mine"]);
});
