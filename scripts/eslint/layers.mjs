/**
 * Who may import what. Imports point one way; one that no row allows is an error, so that a way around the
 * vault, the one door to the secrets, can't come in unnoticed.
 *
 * A path stands for a file, without its extension, or for a folder with all that is in it. `lib/*` stands
 * for the files directly in lib. A row may always import itself, and `types` adds what it may import
 * with `import type` only. Tests (*.test.ts) are free of this table, but not of RESERVED.
 */
const LEAVES = "lib/*";

export const LAYERS = [
  { of: LEAVES, values: [] },

  // Pure: text, trees, keys and rules in; text, trees and decisions out.
  { of: "lib/crypto", values: [LEAVES], pure: true },
  { of: "lib/access", values: [LEAVES], pure: true },
  { of: "lib/reference", values: [LEAVES], pure: true },
  { of: "lib/import", values: [LEAVES, "lib/reference"], pure: true },

  { of: "lib/store", values: [LEAVES], types: ["lib/crypto"] },
  { of: "lib/audit", values: [LEAVES, "lib/store", "lib/crypto"], types: ["lib/access"] },

  {
    of: "lib/vault",
    values: [
      ...[LEAVES, "lib/store", "lib/audit", "lib/crypto", "lib/access", "lib/reference"],
      "lib/import",
    ],
  },

  { of: "lib/auth", values: [LEAVES, "lib/vault", "lib/access"] },
  { of: "lib/api", values: [LEAVES, "lib/vault", "lib/access", "lib/reference", "lib/auth"] },

  {
    of: "lib/cli",
    values: [LEAVES, "lib/vault", "lib/access", "lib/api/schemas", "lib/api/audit-schemas"],
  },

  { of: "lib/server", values: [LEAVES, "lib/api", "lib/auth", "lib/access"], types: ["lib/vault"] },
  { of: "server", values: [LEAVES, "lib/server", "lib/api", "lib/vault", "lib/access"] },

  // Next bundles its own copy of what these import: of vault and store, types only.
  {
    of: "app",
    values: [LEAVES, "lib/auth", "lib/access", "components"],
    types: ["lib/vault", "lib/store", "lib/api", "lib/reference"],
  },

  { of: "instrumentation", values: [LEAVES] },

  // Components may run in the browser: values only from what holds no setting and no secret.
  {
    of: "components",
    values: [
      ...[
        "lib/attention",
        "lib/bounds",
        "lib/errors",
        "lib/ip-block",
        "lib/name",
        "lib/shapes",
        "lib/access/rules",
        "lib/access/may",
      ],
      ...["lib/reference/parse", "lib/reference/json-text", "lib/reference/json-token"],
    ],
    types: ["lib", "app"],
  },
];

/** What pure layers never import: network, files, database, frameworks. */
export const IMPURE = [
  ...["node:http", "node:https", "node:http2", "node:net", "node:tls", "node:dns", "node:fs"],
  ...["node:child_process", "node:worker_threads"],
  ...["fastify", "next", "next-auth", "react", "pino", "better-sqlite3", "pg"],
];

/** What only some may import, types included: nothing but the store knows Prisma and the driver. */
export const RESERVED = [
  {
    imports: ["@prisma", "better-sqlite3", "pg", "lib/store/generated"],
    // Tests make the database file of another product, and databases of their own, with the drivers.
    to: ["lib/store", "tests/support/tyk-database", "tests/support/postgres"],
  },
];
