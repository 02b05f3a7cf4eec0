import { defineConfig } from "vitest/config";

const api = (name: string) => `tests/api/${name}.test.ts`;
const chaos = (name: string) => `tests/chaos/${name}.test.ts`;

/** What is in `test` of every project: nothing asserts a time, and a busy machine only takes longer. */
const PATIENT = { testTimeout: 120_000, hookTimeout: 120_000 };

/** Tests of `lib` that use a database of whichever kind, and those of PostgreSQL alone. */
const OF_POSTGRES = [
  ...["lib/store/postgres/**/*.test.ts", "lib/store/store.test.ts", "tests/postgres/**/*.test.ts"],
  ...["lib/store/secret-search.test.ts", "lib/store/secret-tags.test.ts"],
  "lib/vault/service-row.test.ts",
];

/** The only ones of `tests/api` and `tests/chaos` that do not run on PostgreSQL: what they are of. */
const NOT_ON_POSTGRES = [
  api("start"), // files that a start makes or finds: tests/postgres/start.test.ts and keyring.test.ts have the rest
  api("runtime"), // files that an assembled Coffer has and makes
  ...[api("backup"), chaos("backup-killed")], // files that are made: tests/postgres/backup.test.ts has the rest
  ...[api("keys-reset"), chaos("reset-killed")], // as those: tests/postgres/keys-reset.test.ts has the rest
  ...[chaos("instances"), chaos("full-log")], // have a PostgreSQL of their own in any case, to crash and to fill
];

/** Those in which a database could behave differently: these run on PostgreSQL whenever anything is tested. */
const ALWAYS_ON_POSTGRES = [
  ...["secrets", "tokens", "versions", "environments", "import", "resolve", "trash"],
  ...["watch", "memory", "concurrency", "keys", "incidents"],
  ...["audit", "audit-chain", "audit-kept", "audit-search", "audit-journals"],
].map(api);

const onPostgres = (name: string, include: string[], exclude: string[] = []) => ({
  test: {
    ...PATIENT,
    ...{ name, include, exclude, maxWorkers: 2 },
    globalSetup: "tests/support/postgres-server.ts",
    setupFiles: ["tests/support/quick-start.ts", "tests/support/databases-removed.ts"],
    env: { COFFER_TEST_DATABASE: "postgresql" },
  },
});

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...PATIENT,
          name: "unit",
          include: ["lib", "components", "tests/vectors", "scripts"].map(
            (at) => `${at}/**/*.test.ts`,
          ),
          exclude: ["lib/store/postgres/**"],
        },
      },
      {
        test: {
          ...PATIENT,
          name: "api",
          include: ["tests/api/**/*.test.ts", "tests/chaos/**/*.test.ts"],
          globalSetup: "tests/support/sqlite-template.ts",
          setupFiles: "tests/support/quick-start.ts",
          maxWorkers: 2,
        },
      },
      onPostgres("postgresql", [...OF_POSTGRES, ...ALWAYS_ON_POSTGRES]),
      onPostgres(
        "postgresql-all",
        [...OF_POSTGRES, "tests/api/**/*.test.ts", "tests/chaos/**/*.test.ts"],
        NOT_ON_POSTGRES,
      ),
    ],
  },
});
