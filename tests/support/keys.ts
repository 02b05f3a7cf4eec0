/** A master key for tests. */
export const TEST_KEY = "a-master-key-for-tests-only";

/** The first admin of tests. */
export const TEST_ADMIN = {
  email: "admin@example.com",
  password: "correct horse battery staple",
} as const;
