/** What the server's own codes mean to who sets Coffer up. */
const OF_SERVER: Readonly<Record<string, string>> = {
  "28P01": "it does not take that user and password",
  "28000": "it does not take that user and password",
  "3D000": "there is no database of that name",
  "42501":
    "the user may not do there what Coffer has to; it must own the database, or may create in its schema public (GRANT CREATE ON SCHEMA public TO …), and own Coffer's tables",
  "42P07": others("table"),
  "42710": others("type or trigger"),
  "42723": others("function"),
  "53300": "it has no connection left; give it more, or run fewer instances",
  "53100": "its disk is full",
  "08P01":
    "it, or a pooler in front of it, does not take a parameter of the address, such as options=",
};

function others(what: string): string {
  return `there is a ${what} in it that is not Coffer's and has a name that Coffer needs; give Coffer a database of its own`;
}

const UNKNOWN_AUTHORITY =
  "its certificate is of an authority that is not known here; name that authority's certificate by sslrootcert= and its file";
const NOT_NOW = "its certificate is not valid now; renew it, or set this machine's clock right";

/** What node says of a certificate. */
const OF_CERTIFICATE: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  CERT_HAS_EXPIRED: NOT_NOW,
  CERT_NOT_YET_VALID: NOT_NOW,
  ERR_TLS_CERT_ALTNAME_INVALID:
    "its certificate is not of the name that the address has; connect by a name that is in it",
};

/** What the driver says in words only. */
const IN_WORDS: [words: RegExp, reason: string][] = [
  [
    /does not support SSL/,
    "it has no TLS, which sslmode asks for; turn it on there (ssl = on), or set sslmode=disable where the way to it is safe",
  ],
  [/password must be/, "it asks for a password, and the address has none: USER:PASSWORD@HOST"],
];

/** What PostgreSQL or the way there says, in words of Coffer's own: its own may quote what was sent. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "it can't be reached";
  const code = "code" in error ? String(error.code) : "";
  const known = OF_SERVER[code] ?? OF_CERTIFICATE[code];
  if (known !== undefined) return known;
  const said = IN_WORDS.find(([words]) => words.test(error.message));
  if (said) return said[1];
  if ("syscall" in error && ["ENOENT", "EACCES", "EISDIR"].includes(code)) {
    return error.syscall === "connect"
      ? "there is no socket in the folder that host= names, or it may not be used; is the server running there?"
      : "a file that the address names can't be read (sslrootcert, sslcert, sslkey)";
  }
  if (/^(ERR_SSL_|ERR_TLS_|EPROTO|ERR_OSSL)/.test(code))
    return "no encrypted connection came about; look at sslmode, sslrootcert, sslcert and sslkey in the address";
  if (/^[0-9A-Z]{5}$/.test(code)) return "the server refused what Coffer asked of it";
  return "it can't be reached";
}
