import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { describe, expect, test } from "vitest";
import { VARIABLES } from "../lib/config";

// The files that Coffer is run by. No container engine is needed for what is asked of them here.

const KUBERNETES = readdirSync("deploy/kubernetes", { recursive: true })
  .map((file) => join("deploy/kubernetes", String(file)))
  .filter((file) => file.endsWith(".yaml"));
const YAML = ["compose.yaml", "compose.sqlite.yaml", ...KUBERNETES];
const FILES = ["Dockerfile", "deploy/coffer.service", "deploy/compose/Caddyfile", ...YAML];
const dockerfile = readFileSync("Dockerfile", "utf8");

test.each(YAML)("%s is YAML, of at least one document, no key of it twice", (file) => {
  const documents = parseAllDocuments(readFileSync(file, "utf8"), { merge: true });
  expect(Array.isArray(documents) ? documents.length : 0).toBeGreaterThan(0);
  for (const { errors, warnings } of documents as { errors: Error[]; warnings: Error[] }[]) {
    expect([...errors, ...warnings]).toEqual([]);
  }
});

/** What is not Coffer's: of Node and Next, and of the other images. COFFER_HOST is compose.yaml's own. */
const OTHERS = /^(NODE_ENV|NODE|NEXT_TELEMETRY_DISABLED|POSTGRES_\w+|COFFER_HOST)$/;

/** The names of environment variables that a file sets or reads. */
function variablesOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const names = text.match(
    /\b(TYK_AI|COFFER|DATABASE|NEXT|NODE|POSTGRES)(_[A-Z]+)+\b|\b(HOST|PORT)\b/g,
  );
  return [...new Set<string>(names ?? [])].filter((name) => !OTHERS.test(name));
}

test.each([...FILES, "docs/operate.md"])(
  "every setting that %s names is one of Coffer's",
  (file) => {
    const known = Object.keys(VARIABLES).flatMap((name) => [name, `${name}_FILE`]);
    expect(variablesOf(file).filter((name) => !known.includes(name))).toEqual([]);
  },
);

test("a setting that is misspelt would be found", () => {
  expect(variablesOf("compose.yaml")).toContain("TYK_AI_SECRET_KEY_FILE");
  expect(variablesOf("deploy/coffer.service")).toContain("COFFER_TRUSTED_PROXIES");
  expect(variablesOf("Dockerfile")).toEqual(expect.arrayContaining(["HOST", "PORT"]));
});

test.each(FILES)("%s has no key, no password and no registry's host in it", (file) => {
  const text = readFileSync(file, "utf8");
  expect(text).not.toMatch(/^\s*(TYK_AI_SECRET_KEY|POSTGRES_PASSWORD|COFFER_ADMIN_PASSWORD)[=:]/m);
  expect(text).not.toMatch(/postgres(ql)?:\/\/[^'\s]+:(?!%s@)[^@\s]+@/);
  const images = text.matchAll(/^\s*(?:- )?(?:image|newName|FROM|ARG NODE=)[: ]*(\S+)/gm);
  for (const [, image = ""] of images) expect(image).not.toMatch(/^[^/]*\.[^/]*\//);
});

describe("the Dockerfile", () => {
  const stages = dockerfile.split(/^FROM /m).slice(1);
  const copies = (stage: string) =>
    Array.from(stage.matchAll(/^COPY (.+)$/gm), ([, line = ""]) => line.split(" "));

  test("copies only what is in the project, and what .dockerignore lets through", () => {
    const [build = ""] = stages;
    const sources = copies(build).flatMap((words) => words.slice(0, -1));
    expect(sources.length).toBeGreaterThan(10);
    expect(sources.filter((path) => !existsSync(path))).toEqual([]);
    const allowed: string[] = readFileSync(".dockerignore", "utf8").match(/(?<=^!).+$/gm) ?? [];
    expect(sources.filter((path) => !allowed.includes(path.split("/")[0] ?? ""))).toEqual([]);
    const needed = sources.map((path) => path.split("/")[0]);
    expect(allowed.filter((path) => !needed.includes(path))).toEqual([]);
  });

  test("takes into the image only what the build stage has assembled", () => {
    const [build = "", image = ""] = stages;
    expect(copies(image)).toEqual([["--from=build", "/coffer", "/coffer"]]);
    expect(build).toContain("RUN node scripts/assemble.mjs /coffer");
    const used = Array.from(image.matchAll(/\/coffer\/([\w./]+)/g), ([, path = ""]) => path);
    expect(used).toEqual(expect.arrayContaining(["coffer.mjs", "health.mjs", "dist/server.js"]));
    for (const path of used.filter((path) => !path.startsWith("dist/"))) {
      expect(existsSync(join("deploy/runtime", path)), path).toBe(true);
    }
  });

  test("has everything that building hashes or reads", () => {
    const stamped = ["scripts/setup/console.mjs", "scripts/setup/server.mjs"]
      .flatMap((file) => /const SOURCES = \[(.*?)\]/s.exec(readFileSync(file, "utf8"))?.[1] ?? "")
      .flatMap((list) => list.match(/(?<=")[^"]+/g) ?? [])
      .filter((path) => /^[\w./-]+$/.test(path) && existsSync(path));
    const [build = ""] = stages;
    const copied = copies(build).flatMap((words) => words.slice(0, -1));
    const isCopied = (path: string) =>
      copied.some((each) => path === each || path.startsWith(`${each}/`));
    expect(stamped.length).toBeGreaterThan(8);
    expect(stamped.filter((path) => !isCopied(path))).toEqual([]);
  });

  test("runs as somebody who is not root, by number, and says how it is stopped and asked for its health", () => {
    const image = stages.at(-1) ?? "";
    expect(image).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
    expect(image).toMatch(/^STOPSIGNAL SIGTERM$/m);
    expect(image).toMatch(/^HEALTHCHECK [^]*?CMD \["node", "\/coffer\/health.mjs"\]$/m);
  });
});

const has = (program: string) => spawnSync(program, ["--help"]).status === 0;

test.skipIf(!has("systemd-analyze"))("systemd finds nothing wrong with the unit", () => {
  const { status, stderr } = spawnSync("systemd-analyze", ["verify", "deploy/coffer.service"], {
    encoding: "utf8",
  });
  expect(stderr).not.toMatch(/Unknown|Failed to parse|ignoring/i);
  if (existsSync("/usr/bin/node")) expect(status, stderr).toBe(0);
});

test.skipIf(!has("kubectl"))("kustomize puts the manifests together, whole and in halves", () => {
  const build = (folder: string) =>
    spawnSync("kubectl", ["kustomize", folder], { encoding: "utf8" }).stdout;
  const whole = build("deploy/kubernetes");
  expect(whole).toMatch(/kind: Deployment[^]*name: COFFER_ROLE\n\s+value: all/);
  const halves = build("deploy/kubernetes/split");
  for (const role of ["api", "console"]) {
    expect(halves).toContain(`name: coffer-${role}`);
    expect(halves).toMatch(new RegExp(`name: COFFER_ROLE\\n\\s+value: ${role}\\n`));
  }
});

describe("where an instance on PostgreSQL puts copies of the record: TMPDIR", () => {
  test("in compose is a volume, which its user may write to, and none in memory", () => {
    const text = readFileSync("compose.yaml", "utf8");
    const { environment, volumes, tmpfs } = (parse(text, { merge: true }) as ComposeFile)[
      "x-coffer"
    ];
    // Docker gives a new volume the owner and mode of the image's folder: of those that there are, only /tmp is everybody's.
    expect([environment.TMPDIR, volumes]).toEqual(["/tmp", ["/tmp"]]);
    expect(tmpfs).not.toContain("/tmp");
  });

  test("in Kubernetes is a volume on the disk", () => {
    const text = readFileSync("deploy/kubernetes/base/deployment.yaml", "utf8");
    const { spec } = (parse(text) as { spec: { template: { spec: PodSpec } } }).spec.template;
    const { env = [], volumeMounts = [] } = spec.containers[0] ?? {};
    const folder = env.find(({ name }) => name === "TMPDIR")?.value;
    const mount = volumeMounts.find(({ mountPath }) => mountPath === folder);
    expect(spec.volumes.find(({ name }) => name === mount?.name)).toEqual({
      ...{ name: "tmp", emptyDir: {} },
    });
  });
});

test("in Kubernetes no old pod runs beside a new one, which may migrate the database", () => {
  const { spec } = parse(readFileSync("deploy/kubernetes/base/deployment.yaml", "utf8")) as {
    spec: { strategy: object };
  };
  expect(spec.strategy).toEqual({ type: "Recreate" });
});

test("in Kubernetes Coffer does not start before somebody has said whose X-Forwarded-For is believed", () => {
  const text = readFileSync("deploy/kubernetes/base/kustomization.yaml", "utf8");
  const [, shipped] = /- COFFER_TRUSTED_PROXIES=(.*)/.exec(text) ?? [];
  expect(shipped).toMatch(/^set-/);
  expect(VARIABLES.COFFER_TRUSTED_PROXIES.schema.safeParse(shipped).success).toBe(false);
  expect(VARIABLES.COFFER_TRUSTED_PROXIES.schema.safeParse("10.0.0.0/8").success).toBe(true);
});

interface ComposeFile {
  "x-coffer": { environment: { TMPDIR: string }; volumes: string[]; tmpfs: string };
}

interface PodSpec {
  containers: {
    env: { name: string; value: string }[];
    volumeMounts: { name: string; mountPath: string }[];
  }[];
  volumes: { name: string }[];
}
