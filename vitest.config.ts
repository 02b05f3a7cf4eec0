import { defineConfig } from "vitest/config";

const api = (name: string) => `tests/api/${name}.test.ts`;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["lib", "components", "tests/vectors", "scripts"].map(
            (at) => `${at}/**/*.test.ts`,
          ),
          exclude: ["lib/store/postgres/**"],
          testTimeout: 120_000, // nothing asserts a time; a busy machine only takes longer
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "api",
          include: ["tests/api/**/*.test.ts", "tests/chaos/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "postgresql",
          include: [
            ...["lib/store/postgres/**/*.test.ts", "lib/store/store.test.ts"],
            "tests/postgres/**/*.test.ts",
            ...["lib/store/secret-search.test.ts"],
            ...["secrets", "tokens", "versions", "environments", "import", "resolve"].map(api),
            ...["watch", "memory", "concurrency", "audit-search"].map(api),
          ],
          globalSetup: "tests/support/postgres-server.ts",
          env: { COFFER_TEST_DATABASE: "postgresql" },
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
