import { expect, test } from "vitest";
import { reasonOf } from "./reason";

const error = (fields: object, message = "secret-text") =>
  Object.assign(new Error(message), fields);

test.each([
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "name that authority's certificate by sslrootcert="],
  ["SELF_SIGNED_CERT_IN_CHAIN", "name that authority's certificate by sslrootcert="],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "name that authority's certificate by sslrootcert="],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "connect by a name that is in it"],
  ["CERT_HAS_EXPIRED", "renew it"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "no encrypted connection came about"],
  ["42501", "GRANT CREATE ON SCHEMA public"],
  ["08P01", "such as options="],
  ["42601", "the server refused what Coffer asked of it"],
  ["ECONNREFUSED", "it can't be reached"],
])("what %s means is said in words, and what to do", (code, words) => {
  expect(reasonOf(error({ code }))).toContain(words);
  expect(reasonOf(error({ code }))).not.toContain("secret-text");
});

test.each([
  "SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string",
  "SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a non-empty string",
])(
  "an address without the password that is asked for is known by the driver's words: %s",
  (said) => {
    expect(reasonOf(error({}, said))).toContain("USER:PASSWORD@HOST");
  },
);
